"""Run a step's one-off task: once per stack that the step is done for, and per version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.domain.failure import Failure
from stargate.domain.gateway.graph import MIRROR_IMAGES, PREPARE_DATABASE
from stargate.domain.provisioning.events import started_by
from stargate.domain.provisioning.moves import (
    STANDING_STATUSES,
    Failed,
    Stands,
    Submit,
    decide_task,
    done_for,
)
from stargate.domain.provisioning.progress import NodeStatus
from stargate.domain.provisioning.readiness import unmet_needs
from stargate.errors import TaskRefusedError

if TYPE_CHECKING:
    from stargate.domain.provisioning.moves import DeployMove, ObservedStack, ObservedTask
    from stargate.domain.provisioning.progress import NodeState
    from stargate.ports.provisioning import Stacks, Tasks
    from stargate.usecases.provisioning.node_moves import Call, Desk, Situation

# The network's outputs that name the security group of each step's task.
SECURITY_GROUPS = {PREPARE_DATABASE: "PrepareSecurityGroupId", MIRROR_IMAGES: "MirrorSecurityGroupId"}


@dataclass(frozen=True)
class RunStep:
    desk: Desk
    stacks: Stacks
    tasks: Tasks

    def __call__(self, call: Call) -> str:
        """The reason of the move that was made."""
        situation = self.desk.open(call, Status.PROVISIONING, Status.UPDATING)
        if situation is None:
            return "nobody waits for it"
        environment = situation.environment
        waiting = unmet_needs(
            environment.graph, situation.states, situation.node.name, environment.verified_in
        )
        if waiting and situation.distrust and environment.verified_in is None:
            waiting = tuple(need for need in waiting if not self._standing(situation, need))
        if waiting:
            return f"waits for {', '.join(waiting)}"
        of = self._standing(situation, situation.node.of)
        if of is None:
            return f"waits for {situation.node.of}"
        task = self._observe_task(situation)
        move = decide_task(situation.state, done_for(of.stack_id, environment.gateway_version), task)
        self._perform(situation, move, of)
        return move.reason

    def _standing(self, situation: Situation, need: str) -> ObservedStack | None:
        environment = situation.environment
        observed = self.stacks.describe(environment.region, environment.stack_name(need))
        if observed is None or not observed.belongs_to(environment.environment_id):
            return None
        return observed if observed.status in STANDING_STATUSES else None

    def _observe_task(self, situation: Situation) -> ObservedTask | None:
        """Only a task of this attempt counts; `stack_id` of a step's row is its task."""
        state = situation.state
        if state.stack_id is None or state.submitted_attempt != situation.environment.attempt:
            return None
        return self.tasks.describe(situation.region, cluster_name(situation), state.stack_id)

    def _perform(self, situation: Situation, move: DeployMove, of: ObservedStack) -> None:
        if isinstance(move, Submit):
            self._start(situation)
        elif isinstance(move, Stands):
            self._note_standing(situation, of)
            self.desk.succeed(situation, NodeStatus.STANDING)
            self.desk.wake_dependents(situation)
        elif isinstance(move, Failed):
            self.desk.fail(situation, move.failure)

    def _start(self, situation: Situation) -> None:
        submitted = self._note_submitted(situation)
        if submitted is None:
            return
        environment = situation.environment
        network = self._standing(situation, "network")
        outputs = dict(network.outputs) if network is not None else {}
        try:
            task_arn = self.tasks.start(
                situation.region,
                cluster_name(situation),
                f"{cluster_name(situation)}-{situation.node.name}",
                outputs.get("PrivateSubnetIds", "").split(","),
                outputs.get(SECURITY_GROUPS[situation.node.name], ""),
                started_by(environment.environment_id, environment.attempt),
                situation.request_token,
            )
        except TaskRefusedError as refused:
            states = {**situation.states, submitted.name: submitted}
            failure = Failure(submitted.name, "", "AWS::ECS::Task", str(refused))
            self.desk.fail(replace(situation, states=states), failure)
            return
        self.desk.save(environment.environment_id, submitted, replace(submitted, stack_id=task_arn))

    def _note_submitted(self, situation: Situation) -> NodeState | None:
        state, attempt = situation.state, situation.environment.attempt
        if state.status is NodeStatus.SUBMITTED and state.submitted_attempt == attempt:
            return state
        entry = self.desk.narrator.step(
            situation.environment, state.name, f"{state.name} submitted", situation.cause_of_start()
        )
        submitted = replace(
            state,
            status=NodeStatus.SUBMITTED,
            submitted_at=self.desk.clock.now(),
            submitted_attempt=attempt,
            stood_at=None,
            stack_id=None,
            outputs={},
            entry_id=entry.entry_id,
        )
        saved = self.desk.save(situation.environment_id, state, submitted, entry)
        return submitted if saved else None

    def _note_standing(self, situation: Situation, of: ObservedStack) -> None:
        state, attempt = situation.state, situation.environment.attempt
        if state.status is NodeStatus.STANDING:
            if state.stood_attempt != attempt:
                self.desk.save(situation.environment_id, state, replace(state, stood_attempt=attempt))
            return
        stood_at = self.desk.clock.now()
        seconds = None if state.submitted_at is None else round(stood_at - state.submitted_at, 3)
        entry = self.desk.narrator.step(
            situation.environment, state.name, f"{state.name} is done", situation.cause, seconds=seconds
        )
        standing = replace(
            state,
            status=NodeStatus.STANDING,
            stood_at=stood_at,
            stood_attempt=attempt,
            outputs=done_for(of.stack_id, situation.environment.gateway_version),
            failure=None,
            entry_id=entry.entry_id,
        )
        self.desk.save(situation.environment_id, state, standing, entry)


def cluster_name(situation: Situation) -> str:
    return f"stargate-{situation.environment.name}"
