"""Bring one stack to stand: read the truth, decide, make the one next move."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.domain.failure import Failure
from stargate.domain.moves import (
    STANDING_STATUSES,
    Failed,
    ObservedStack,
    Remove,
    Stands,
    Submit,
    decide_deploy,
    first_failure,
)
from stargate.domain.parameters import (
    MissingParameterError,
    environment_parameters,
    stack_parameters,
    stack_tags,
)
from stargate.domain.progress import NodeStatus
from stargate.domain.readiness import unmet_needs
from stargate.errors import StackExistsError, StackRefusedError

if TYPE_CHECKING:
    from stargate.domain.manifest import Manifest, Template
    from stargate.domain.moves import DeployMove
    from stargate.domain.progress import NodeState
    from stargate.ports import Manifests, Stacks
    from stargate.usecases.node_moves import Call, Desk, Situation


@dataclass(frozen=True)
class DeployStack:
    desk: Desk
    stacks: Stacks
    manifests: Manifests
    gateway_bucket: str
    boundary_arn: str

    def __call__(self, call: Call) -> str:
        """The reason of the move that was made."""
        situation = self.desk.open(call, Status.PROVISIONING)
        if situation is None:
            return "nobody waits for it"
        waiting = self._still_needed(situation)
        if waiting:
            return f"waits for {', '.join(waiting)}"
        observed = self.stacks.describe(situation.region, situation.stack_name)
        move = decide_deploy(
            situation.state, situation.environment_id, observed, self._failed(situation, observed)
        )
        self._perform(situation, observed, move)
        return move.reason

    def _still_needed(self, situation: Situation) -> tuple[str, ...]:
        unmet = unmet_needs(situation.environment.graph, situation.states, situation.node.name)
        if not situation.distrust:
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
        if observed is None or observed.status in STANDING_STATUSES:
            return None
        if observed.status == "DELETE_IN_PROGRESS":
            return None
        events = self.stacks.events(situation.region, observed.stack_id)
        verb = "DELETE" if observed.status == "DELETE_FAILED" else "CREATE"
        return first_failure(situation.node.name, events, verb)

    def _perform(self, situation: Situation, observed: ObservedStack | None, move: DeployMove) -> None:
        if isinstance(move, Submit):
            self._submit(situation)
        elif isinstance(move, Failed):
            self.desk.fail(situation, move.failure)
        elif isinstance(move, Stands) and observed is not None:
            self._note_standing(situation, observed)
            self.desk.succeed(situation, NodeStatus.STANDING)
        elif isinstance(move, Remove) and observed is not None:
            # Asked for first, noted after: so an earlier removal that failed is never taken for this one.
            self.stacks.delete(situation.region, observed.stack_id, f"{situation.request_token}-remains")
            self._note_removing(situation, move)

    def _submit(self, situation: Situation) -> None:
        environment, name = situation.environment, situation.node.name
        manifest = self.manifests.read(environment.gateway_version)
        template = manifest.stacks[name]
        try:
            parameters = self._parameters(situation, manifest, template)
        except MissingParameterError as missing:
            self.desk.fail(situation, Failure(name, "", "AWS::CloudFormation::Stack", str(missing)))
            return
        submitted = self._note_submitted(situation, template.resources_total(parameters))
        if submitted is None:
            return
        try:
            stack_id = self.stacks.create(
                situation.region,
                situation.stack_name,
                self.manifests.template_url(environment.gateway_version, template.key),
                parameters,
                stack_tags(environment, name),
                situation.request_token,
            )
        except StackExistsError:
            return  # the same call came twice, and the other one's stack is on its way
        except StackRefusedError as refused:
            states = {**situation.states, name: submitted}
            self.desk.fail(
                replace(situation, states=states),
                Failure(name, "", "AWS::CloudFormation::Stack", str(refused)),
            )
            return
        self.desk.save(environment.environment_id, submitted, replace(submitted, stack_id=stack_id))

    def _parameters(self, situation: Situation, manifest: Manifest, template: Template) -> dict[str, str]:
        declared = environment_parameters(situation.environment, self.gateway_bucket, self.boundary_arn)
        wanted = set(template.parameters) - set(declared)
        outputs: dict[str, str] = {}
        for need in situation.environment.graph.all_needs(situation.node.name):
            if need in manifest.stacks and wanted & set(manifest.stacks[need].outputs):
                outputs.update(self._outputs(situation, need))
        return stack_parameters(template, declared, outputs)

    def _outputs(self, situation: Situation, need: str) -> dict[str, str]:
        known = situation.states[need].outputs
        if known:
            return dict(known)
        environment = situation.environment
        observed = self.stacks.describe(environment.region_of(need), environment.stack_name(need))
        return dict(observed.outputs) if observed is not None else {}

    def _note_submitted(self, situation: Situation, total: int) -> NodeState | None:
        """Written before the stack is asked for, so that its failure counts as this attempt's own."""
        state, attempt = situation.state, situation.environment.attempt
        if state.status is NodeStatus.SUBMITTED and state.submitted_attempt == attempt:
            return state
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
            outputs={},
            entry_id=entry.entry_id,
        )
        saved = self.desk.save(situation.environment_id, state, submitted, entry)
        return submitted if saved else None

    def _note_standing(self, situation: Situation, observed: ObservedStack) -> None:
        state = situation.state
        if state.status is NodeStatus.STANDING:
            if not state.outputs and observed.outputs:
                self.desk.save(situation.environment_id, state, replace(state, outputs=observed.outputs))
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
            stack_id=observed.stack_id,
            outputs=observed.outputs,
            failure=None,
            entry_id=entry.entry_id,
        )
        self.desk.save(situation.environment_id, state, standing, entry)

    def _note_removing(self, situation: Situation, move: Remove) -> None:
        state, attempt = situation.state, situation.environment.attempt
        if state.removed_attempt == attempt:
            return
        entry = self.desk.narrator.step(
            situation.environment, state.name, f"{state.name}: {move.reason}", situation.cause
        )
        removing = replace(
            state,
            status=NodeStatus.DELETING,
            deleting_at=self.desk.clock.now(),
            removed_attempt=attempt,
            entry_id=entry.entry_id,
        )
        self.desk.save(situation.environment_id, state, removing, entry)
