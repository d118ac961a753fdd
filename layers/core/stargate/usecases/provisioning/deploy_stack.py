"""Bring one stack to stand: read the truth, decide, make the one next move."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.domain.failure import Failure
from stargate.domain.gateway.parameters import (
    MissingParameterError,
    Order,
    bounds_parameters,
    environment_parameters,
    stack_parameters,
)
from stargate.domain.gateway.shared import SECRETS
from stargate.domain.gateway.tags import stack_tags
from stargate.domain.life.bounds import Bounds, carried, declared_bounds
from stargate.domain.provisioning.moves import (
    STANDING_STATUSES,
    ContinueRollback,
    Failed,
    ObservedStack,
    Remove,
    Stands,
    Submit,
    Update,
    decide_deploy,
    decide_update,
    first_failure,
)
from stargate.domain.provisioning.progress import NodeStatus
from stargate.domain.provisioning.readiness import unmet_needs
from stargate.domain.provisioning.rescue import STUCK_STATUSES, stuck_at
from stargate.errors import StackExistsError, StackRefusedError, StackUnchangedError
from stargate.usecases.provisioning.prepare_common import outputs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.gateway.manifest import Manifest, Template
    from stargate.domain.provisioning.moves import DeployMove
    from stargate.domain.provisioning.progress import NodeState
    from stargate.ports.gateway import Scaling
    from stargate.ports.provisioning import Manifests, Stacks
    from stargate.usecases.provisioning.node_moves import Call, Desk, Situation

SCALED = "LitellmMinTasks"  # the parameter by which a stack has a scalable target


@dataclass(frozen=True)
class DeployStack:
    desk: Desk
    stacks: Stacks
    manifests: Manifests
    scaling: Scaling
    gateway_bucket: str
    boundary_arn: str

    def __call__(self, call: Call) -> str:
        """The reason of the move that was made."""
        situation = self.desk.open(call, Status.PROVISIONING, Status.UPDATING)
        if situation is None:
            return "nobody waits for it"
        waiting = self._still_needed(situation)
        if waiting:
            return f"waits for {', '.join(waiting)}"
        observed = self.stacks.describe(situation.region, situation.stack_name)
        move = self._decide(situation, observed)
        self._perform(situation, observed, move)
        return move.reason

    def _decide(self, situation: Situation, observed: ObservedStack | None) -> DeployMove:
        state, identifier = situation.state, situation.environment_id
        failed, skip = self._failed(situation, observed), situation.skip
        if situation.environment.verified_in is None:
            return decide_deploy(state, identifier, observed, failed, skip)
        attempt = situation.environment.attempt
        differs = state.submitted_attempt != attempt and state.applied != self._order(situation).fingerprint
        return decide_update(state, identifier, observed, failed, skip, attempt=attempt, differs=differs)

    def _order(self, situation: Situation) -> Order:
        """What is declared of the stack now; MissingParameterError if nothing gives a parameter."""
        environment = situation.environment
        manifest = self.manifests.read(environment.gateway_version)
        template = manifest.stacks[situation.node.name]
        return Order(template, self._parameters(situation, manifest, template))

    def _still_needed(self, situation: Situation) -> tuple[str, ...]:
        environment = situation.environment
        unmet = unmet_needs(environment.graph, situation.states, situation.node.name, environment.verified_in)
        if not situation.distrust or environment.verified_in is not None:
            return unmet
        return tuple(need for need in unmet if not self._truly_stands(situation, need))

    def _truly_stands(self, situation: Situation, need: str) -> bool:
        environment = situation.environment
        if environment.graph.node(need).kind == "step":
            return False
        observed = self.stacks.describe(environment.region_of(need), environment.stack_name(need))
        return (
            observed is not None
            and observed.belongs_to(environment.environment_id)
            and observed.status in STANDING_STATUSES
        )

    def _failed(self, situation: Situation, observed: ObservedStack | None) -> Failure | None:
        rolled_back = observed is not None and observed.status == "UPDATE_ROLLBACK_COMPLETE"
        if observed is None or (observed.status in STANDING_STATUSES and not rolled_back):
            return None
        if observed.status == "DELETE_IN_PROGRESS":
            return None
        events = self.stacks.events(situation.region, observed.stack_id)
        if observed.status in STUCK_STATUSES:
            return stuck_at(situation.node.name, observed.status, events)
        made = first_failure(situation.node.name, events, "CREATE")
        return made or first_failure(situation.node.name, events, "UPDATE")

    def _perform(self, situation: Situation, observed: ObservedStack | None, move: DeployMove) -> None:
        if isinstance(move, Submit):
            self._submit(situation)
        elif isinstance(move, Update):
            self._update(situation, move)
        elif isinstance(move, Failed):
            self.desk.fail(situation, move.failure)
        elif isinstance(move, Stands) and observed is not None:
            self._stands(situation, observed)
        elif isinstance(move, ContinueRollback) and observed is not None:
            self._continue_rollback(situation, observed, move)
        elif isinstance(move, Remove) and observed is not None:
            self._remove(situation, observed, move)

    def _remove(self, situation: Situation, observed: ObservedStack, move: Remove) -> None:
        """Asked for first, noted after: so an earlier removal that failed is never taken for this one."""
        token = f"{situation.request_token}-remains" + ("-retained" if move.retain else "")
        try:
            self.stacks.delete(situation.region, observed.stack_id, token, move.retain)
        except StackRefusedError as refused:
            self._refused(situation, str(refused))
            return
        self._note_removing(situation, move)

    def _continue_rollback(
        self, situation: Situation, observed: ObservedStack, move: ContinueRollback
    ) -> None:
        token = f"{situation.request_token}-rollback"
        try:
            self.stacks.continue_rollback(situation.region, observed.stack_id, token, move.skip)
        except StackRefusedError as refused:
            now = self.stacks.describe(situation.region, situation.stack_name)
            if now is not None and now.status != observed.status:
                return  # the same call came twice, and the other one's roll-back goes on
            self._refused(situation, str(refused))
            return
        self._note_going_back(situation, move)

    def _refused(self, situation: Situation, reason: str) -> None:
        self.desk.fail(situation, Failure(situation.node.name, "", "AWS::CloudFormation::Stack", reason))

    def _note_going_back(self, situation: Situation, move: ContinueRollback) -> None:
        state = situation.state
        entry = self.desk.narrator.step(
            situation.environment,
            state.name,
            f"{state.name}: {move.reason}",
            situation.cause,
            skip=list(move.skip),
        )
        freed = replace(state, rescued_attempt=situation.environment.attempt, entry_id=entry.entry_id)
        self.desk.save(situation.environment_id, state, freed, entry)

    def _submit(self, situation: Situation) -> None:
        environment, name = situation.environment, situation.node.name
        try:
            order = self._order(situation)
        except MissingParameterError as missing:
            self._refused(situation, str(missing))
            return
        submitted = self._note_submitted(situation, order)
        if submitted is None:
            return
        try:
            stack_id = self.stacks.create(
                situation.region,
                situation.stack_name,
                self.manifests.template_url(environment.gateway_version, order.template.key),
                order.parameters,
                stack_tags(environment, name),
                situation.request_token,
            )
        except StackExistsError:
            return  # the same call came twice, and the other one's stack is on its way
        except StackRefusedError as refused:
            self._refused(replace(situation, states={**situation.states, name: submitted}), str(refused))
            return
        self.desk.save(environment.environment_id, submitted, replace(submitted, stack_id=stack_id))

    def _update(self, situation: Situation, move: Update) -> None:
        """Asked for first, noted after: a stack that still stands as it was is never taken for updated."""
        environment, order = situation.environment, self._order(situation)
        try:
            self.stacks.update(
                situation.region,
                situation.stack_name,
                self.manifests.template_url(environment.gateway_version, order.template.key),
                self._with_live_bounds(situation, order),
                situation.request_token,
            )
        except StackUnchangedError:
            self._found_unchanged(situation)
            return
        except StackRefusedError as refused:
            if "_IN_PROGRESS" in str(refused):
                return  # the same call came twice, and the other one's update is on its way
            self._refused(situation, str(refused))
            return
        self._note_updating(situation, order, move)

    def _found_unchanged(self, situation: Situation) -> None:
        """Looked at anew: the same call may have come before, and what it changed has other outputs."""
        observed = self.stacks.describe(situation.region, situation.stack_name)
        if observed is not None and observed.status in STANDING_STATUSES:
            self._stands(situation, observed)

    def _with_live_bounds(self, situation: Situation, order: Order) -> Mapping[str, str]:
        """A change leaves autoscaling where it is: what raised a bound still needs it."""
        environment, service = situation.environment, situation.node.name
        live = None
        if SCALED in order.parameters:
            live = self.scaling.describe(situation.region, environment.cluster, service)
        if live is None:
            return order.parameters
        before = environment.undo.spec if environment.undo else environment.spec
        bounds = carried(
            declared_bounds(before), declared_bounds(environment.spec), Bounds(live.minimum, live.maximum)
        )
        return {**order.parameters, **bounds_parameters(bounds)}

    def _stands(self, situation: Situation, observed: ObservedStack) -> None:
        self._note_standing(situation, observed)
        self.desk.succeed(situation, NodeStatus.STANDING)
        self.desk.wake_dependents(situation)

    def _note_updating(self, situation: Situation, order: Order, move: Update) -> None:
        state = situation.state
        entry = self.desk.narrator.step(
            situation.environment, state.name, f"{state.name} is updated: {move.reason}", situation.cause
        )
        updating = replace(
            state,
            status=NodeStatus.SUBMITTED,
            submitted_at=self.desk.clock.now(),
            submitted_attempt=situation.environment.attempt,
            stood_at=None,
            applied=order.fingerprint,
            entry_id=entry.entry_id,
        )
        self.desk.save(situation.environment_id, state, updating, entry)

    def _parameters(self, situation: Situation, manifest: Manifest, template: Template) -> dict[str, str]:
        declared = environment_parameters(situation.environment, self.gateway_bucket, self.boundary_arn)
        wanted = set(template.parameters) - set(declared)
        outputs: dict[str, str] = {}
        for need in situation.environment.graph.all_needs(situation.node.name):
            if need in manifest.stacks and wanted & set(manifest.stacks[need].outputs):
                outputs.update(self._outputs(situation, need))
        shared = situation.environment.shared
        if shared is not None and wanted & set(manifest.stacks[SECRETS].outputs):
            outputs.update(outputs_of(self.stacks, shared))
        return stack_parameters(template, declared, outputs)

    def _outputs(self, situation: Situation, need: str) -> dict[str, str]:
        known = situation.states[need].outputs
        if known:
            return dict(known)
        environment = situation.environment
        observed = self.stacks.describe(environment.region_of(need), environment.stack_name(need))
        return dict(observed.outputs) if observed is not None else {}

    def _note_submitted(self, situation: Situation, order: Order) -> NodeState | None:
        """Written before the stack is asked for, so that its failure counts as this attempt's own."""
        state, attempt = situation.state, situation.environment.attempt
        if state.status is NodeStatus.SUBMITTED and state.submitted_attempt == attempt:
            return state
        total = order.template.resources_total(order.parameters)
        entry = self.desk.narrator.step(
            situation.environment,
            state.name,
            f"{state.name} submitted",
            situation.cause_of_start(),
            resources=total,
        )
        submitted = replace(
            state,
            status=NodeStatus.SUBMITTED,
            submitted_at=self.desk.clock.now(),
            submitted_attempt=attempt,
            stood_at=None,
            stack_id=None,
            total=total,
            applied=order.fingerprint,
            outputs={},
            entry_id=entry.entry_id,
        )
        saved = self.desk.save(situation.environment_id, state, submitted, entry)
        return submitted if saved else None

    def _note_standing(self, situation: Situation, observed: ObservedStack) -> None:
        state = situation.state
        attempt = situation.environment.attempt
        if state.status is NodeStatus.STANDING:
            known = replace(state, outputs=observed.outputs or state.outputs, stood_attempt=attempt)
            if known != state:
                self.desk.save(situation.environment_id, state, known)
            return
        stood_at = self.desk.clock.now()
        seconds = None if state.submitted_at is None else round(stood_at - state.submitted_at, 3)
        entry = self.desk.narrator.step(
            situation.environment, state.name, f"{state.name} stands", situation.cause, seconds=seconds
        )
        standing = replace(
            state,
            status=NodeStatus.STANDING,
            stood_at=stood_at,
            stood_attempt=attempt,
            stack_id=observed.stack_id,
            outputs=observed.outputs,
            failure=None,
            entry_id=entry.entry_id,
        )
        self.desk.save(situation.environment_id, state, standing, entry)

    def _note_removing(self, situation: Situation, move: Remove) -> None:
        state, attempt = situation.state, situation.environment.attempt
        if state.removed_attempt == attempt and not move.retain:
            return
        entry = self.desk.narrator.step(
            situation.environment,
            state.name,
            f"{state.name}: {move.reason}",
            situation.cause,
            retain=list(move.retain),
        )
        removing = replace(
            state,
            status=NodeStatus.DELETING,
            deleting_at=self.desk.clock.now(),
            removed_attempt=attempt,
            rescued_attempt=attempt if move.retain else state.rescued_attempt,
            entry_id=entry.entry_id,
        )
        self.desk.save(situation.environment_id, state, removing, entry)
