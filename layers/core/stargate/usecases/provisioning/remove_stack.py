"""Bring one stack to be gone, once nothing needs it any more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.domain.failure import Failure
from stargate.domain.provisioning.moves import Failed, Gone, Remove, Wait, decide_remove
from stargate.domain.provisioning.progress import NodeStatus
from stargate.domain.provisioning.readiness import remaining_dependents, step_runs
from stargate.domain.provisioning.rescue import stuck_at
from stargate.errors import StackRefusedError

if TYPE_CHECKING:
    from stargate.domain.provisioning.moves import ObservedStack, RemoveMove
    from stargate.ports.provisioning import Stacks
    from stargate.usecases.provisioning.node_moves import Call, Desk, Situation


@dataclass(frozen=True)
class RemoveStack:
    desk: Desk
    stacks: Stacks

    def __call__(self, call: Call) -> str:
        """The reason of the move that was made."""
        situation = self.desk.open(call, Status.RETIRING)
        if situation is None:
            return "nobody waits for it"
        remaining = self._remaining(situation)
        if remaining:
            return f"waits until {', '.join(remaining)} are gone"
        observed = None if situation.node.kind == "step" else self._observe(situation, situation.node.name)
        move = self._decide(situation, observed)
        self._perform(situation, move, observed)
        return move.reason

    def _remaining(self, situation: Situation) -> tuple[str, ...]:
        """What still needs it: by the rows, and where a row says so, by the truth."""
        now = self.desk.clock.now()
        graph = situation.environment.graph
        names = remaining_dependents(graph, situation.states, situation.node.name, now)
        return tuple(name for name in names if not self._truly_gone(situation, name))

    def _truly_gone(self, situation: Situation, name: str) -> bool:
        if situation.environment.graph.node(name).kind == "step":
            return False
        observed = self._observe(situation, name)
        return observed is None or not observed.belongs_to(situation.environment_id)

    def _observe(self, situation: Situation, name: str) -> ObservedStack | None:
        environment = situation.environment
        return self.stacks.describe(environment.region_of(name), environment.stack_name(name))

    def _decide(self, situation: Situation, observed: ObservedStack | None) -> RemoveMove:
        if situation.node.kind == "step":
            if step_runs(situation.state, self.desk.clock.now()):
                return Wait("the task still runs")
            return Gone("a step leaves nothing behind")
        failed: Failure | None = None
        if observed is not None and observed.status == "DELETE_FAILED":
            events = self.stacks.events(situation.region, observed.stack_id)
            failed = stuck_at(situation.node.name, observed.status, events)
        return decide_remove(situation.state, situation.environment_id, observed, failed, situation.skip)

    def _perform(self, situation: Situation, move: RemoveMove, observed: ObservedStack | None) -> None:
        if isinstance(move, Remove) and observed is not None:
            self._remove(situation, observed, move)
        elif isinstance(move, Gone):
            self._note_gone(situation, move)
            self.desk.succeed(situation, NodeStatus.GONE)
        elif isinstance(move, Failed):
            self.desk.fail(situation, move.failure)

    def _remove(self, situation: Situation, observed: ObservedStack, move: Remove) -> None:
        token = f"{situation.request_token}-remove" + ("-retained" if move.retain else "")
        try:
            self.stacks.delete(situation.region, observed.stack_id, token, move.retain)
        except StackRefusedError as refused:
            name = situation.node.name
            self.desk.fail(situation, Failure(name, "", "AWS::CloudFormation::Stack", str(refused)))
            return
        self._note_deleting(situation, move)

    def _note_deleting(self, situation: Situation, move: Remove) -> None:
        """Written after the call: a row that says so proves that DELETE_FAILED is of this attempt."""
        state, attempt = situation.state, situation.environment.attempt
        if state.removed_attempt == attempt and not move.retain:
            return
        entry = self.desk.narrator.step(
            situation.environment,
            state.name,
            f"{state.name} is being deleted" + (f": {move.reason}" if move.retain else ""),
            situation.cause,
            retain=list(move.retain),
        )
        deleting = replace(
            state,
            status=NodeStatus.DELETING,
            deleting_at=self.desk.clock.now(),
            removed_attempt=attempt,
            rescued_attempt=attempt if move.retain else state.rescued_attempt,
            entry_id=entry.entry_id,
        )
        self.desk.save(situation.environment_id, state, deleting, entry)

    def _note_gone(self, situation: Situation, move: Gone) -> None:
        state = situation.state
        if state.status is NodeStatus.GONE:
            return
        entry = self.desk.narrator.step(
            situation.environment, state.name, f"{state.name} is gone", situation.cause, why=move.reason
        )
        gone = replace(
            state,
            status=NodeStatus.GONE,
            gone_at=self.desk.clock.now(),
            outputs={},
            entry_id=entry.entry_id,
        )
        self.desk.save(situation.environment_id, state, gone, entry)
