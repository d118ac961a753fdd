"""Take note of what AWS tells, and wake the movers of the nodes that may now go on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import AT_WORK, Environment, Status, environment_of_stack
from stargate.domain.provisioning.events import Happening, ResourceChanged, StackChanged, TaskStopped
from stargate.domain.provisioning.moves import done_for
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from stargate.domain.provisioning.readiness import ready_to_move
from stargate.errors import ConflictError, EnvironmentNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stargate.domain.ledger import Entry
    from stargate.ports.state import Environments, Nodes
    from stargate.ports.workflows import Movers
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

    Mover = Callable[[str, int, str, str], None]

STATUSES_TO_LOOK_AT = frozenset(
    {
        "CREATE_COMPLETE",
        "CREATE_FAILED",
        "ROLLBACK_IN_PROGRESS",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "DELETE_COMPLETE",
        "DELETE_FAILED",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_FAILED",
    }
)


MAKING = frozenset({Status.PROVISIONING, Status.UPDATING})


@dataclass(frozen=True)
class NoticeProgress:
    environments: Environments
    nodes: Nodes
    movers: Movers
    clock: Clock
    narrator: Narrator

    def __call__(self, happening: Happening) -> tuple[str, ...]:
        """The nodes whose movers were woken."""
        place = self._place(happening)
        if place is None:
            return ()
        environment, name = place
        state = self.nodes.all(environment.environment_id)[name]
        if not isinstance(happening, TaskStopped) and not _same_stack(state, happening.stack_id):
            return ()
        concerns_node = self._note(environment, state, happening)
        return self._wake(environment, (name,) if concerns_node else (), happening.event_id)

    def _place(self, happening: Happening) -> tuple[Environment, str] | None:
        if isinstance(happening, TaskStopped):
            return self._step(happening)
        names = environment_of_stack(happening.stack_name)
        environment = self.environments.by_name(names[0]) if names else None
        if names is None or environment is None or names[1] not in environment.graph.names:
            return None
        return environment, names[1]

    def _step(self, happening: TaskStopped) -> tuple[Environment, str] | None:
        """Which step the task was of: its family bears the step's name."""
        try:
            environment = self.environments.get(happening.environment_id)
        except EnvironmentNotFoundError:
            return None
        steps = {f"{environment.cluster}-{node.name}": node.name for node in environment.graph.steps}
        step = steps.get(happening.family)
        return None if step is None else (environment, step)

    def _note(self, environment: Environment, state: NodeState, happening: Happening) -> bool:
        """True if the node itself must look at the truth again."""
        if isinstance(happening, TaskStopped):
            self._note_task(environment, state, happening)
            return True
        if isinstance(happening, ResourceChanged):
            return self._note_resource(environment, state, happening)
        if happening.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            # What it has after an update is not what it had: whoever needs it before it is looked at, asks.
            self._note_standing(environment, state, happening, stack_id=happening.stack_id, outputs={})
        if happening.status == "DELETE_COMPLETE":
            self._note_gone(environment, state, happening)
        return happening.status in STATUSES_TO_LOOK_AT

    def _note_resource(self, environment: Environment, state: NodeState, happening: ResourceChanged) -> bool:
        if happening.status == "CREATE_COMPLETE":
            self.nodes.resource_made(environment.environment_id, state.name, happening.resource)
        if happening.status in {"DELETE_COMPLETE", "DELETE_SKIPPED"}:
            self.nodes.resource_gone(environment.environment_id, state.name, happening.resource)
        return happening.status in {"CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED"}

    def _note_task(self, environment: Environment, state: NodeState, happening: TaskStopped) -> None:
        if happening.succeeded:
            of = self.nodes.all(environment.environment_id)[environment.graph.node(state.name).of]
            done = done_for(of.stack_id or "", environment.gateway_version)
            self._note_standing(environment, state, happening, outputs=done)
        elif environment.status not in MAKING and state.status is NodeStatus.SUBMITTED:
            # Nobody waits for its success any more, but the removal waits for its end.
            failed = replace(state, status=NodeStatus.FAILED, failed_at=happening.at)
            self._save(environment, state, failed, None)

    def _note_standing(
        self, environment: Environment, state: NodeState, happening: Happening, **known: Any
    ) -> None:
        if state.status is not NodeStatus.SUBMITTED or state.submitted_at is None:
            return
        stood_at = _within(happening.at, state.submitted_at, self.clock.now())
        entry = self.narrator.step(
            environment,
            state.name,
            f"{state.name} stands",
            happening.event_id,
            seconds=round(stood_at - state.submitted_at, 3),
        )
        standing = replace(
            state,
            status=NodeStatus.STANDING,
            stood_at=stood_at,
            stood_attempt=environment.attempt,
            entry_id=entry.entry_id,
            **known,
        )
        self._save(environment, state, standing, entry)

    def _note_gone(self, environment: Environment, state: NodeState, happening: StackChanged) -> None:
        if environment.status is not Status.RETIRING or state.status is not NodeStatus.DELETING:
            return
        entry = self.narrator.step(environment, state.name, f"{state.name} is gone", happening.event_id)
        gone = replace(
            state, status=NodeStatus.GONE, gone_at=happening.at, outputs={}, entry_id=entry.entry_id
        )
        self._save(environment, state, gone, entry)

    def _save(
        self, environment: Environment, before: NodeState, after: NodeState, entry: Entry | None
    ) -> None:
        try:
            self.nodes.replace(environment.environment_id, before, after, entry)
        except ConflictError:
            return  # a mover read the truth before this event came

    def _wake(self, environment: Environment, names: tuple[str, ...], cause: str) -> tuple[str, ...]:
        if environment.status not in AT_WORK:
            return ()
        states = self.nodes.all(environment.environment_id)
        waiting = [name for name in names if states[name].token is not None]
        ready = ready_to_move(environment, environment.graph, states, self.clock.now())
        woken = tuple(dict.fromkeys([*waiting, *ready]))
        for name in woken:
            self._mover(environment, name)(environment.environment_id, environment.attempt, name, cause)
        return woken

    def _mover(self, environment: Environment, name: str) -> Mover:
        if environment.status is Status.RETIRING:
            return self.movers.remove
        return self.movers.run if environment.graph.node(name).kind == "step" else self.movers.deploy


def _same_stack(state: NodeState, stack_id: str) -> bool:
    """Whether the event is about the stack we know; before we know one, any of its name will do."""
    return state.stack_id is None or state.stack_id == stack_id


def _within(at: float, earliest: float, latest: float) -> float:
    return min(max(at, earliest), latest)
