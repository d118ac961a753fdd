"""What every mover does alike: park the caller's token, refuse what is outdated, answer exactly once.

The row of a node is parked first and the truth read after, so an event that comes in between finds the
token. A node moves only while somebody waits for it: without a parked token a call observes and no more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.provisioning.progress import NodeState, NodeStatus, States
from stargate.domain.provisioning.readiness import ready_to_move
from stargate.errors import ConflictError, SupersededError

if TYPE_CHECKING:
    from stargate.domain.environment import Environment, Status
    from stargate.domain.failure import Failure
    from stargate.domain.gateway.graph import Node
    from stargate.domain.ledger import Entry
    from stargate.ports.state import Environments, Nodes
    from stargate.ports.workflows import Callbacks, Movers
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class Call:
    """One call of a mover: by the workflow with a token, or after an event with that event as its cause."""

    environment_id: str
    attempt: int
    node: str
    token: str | None = None
    cause: str | None = None


@dataclass(frozen=True)
class Desk:
    """Where tokens are parked and answered, and rows are changed."""

    environments: Environments
    nodes: Nodes
    callbacks: Callbacks
    clock: Clock
    narrator: Narrator
    error: str  # the name under which this mover's failures reach the workflow
    movers: Movers | None = None  # of those who wake others themselves

    def open(self, call: Call, *statuses: Status) -> Situation | None:
        """Everything known of the node, or None if nobody waits for it."""
        environment = self.environments.get(call.environment_id)
        if environment.attempt != call.attempt or environment.status not in statuses:
            self._supersede(call, environment)
            return None
        if call.node not in environment.graph.names:
            self._answer_absent(call)
            return None
        called_before = False
        if call.token is not None:
            called_before = self._park(call, call.token)
        states = self.nodes.all(call.environment_id)
        if states[call.node].token is None:
            return None
        distrust = called_before or call.attempt > 1
        return Situation(environment, environment.graph.node(call.node), states, call, distrust)

    def _answer_absent(self, call: Call) -> None:
        """The workflow's graph is that of the whole gateway: what this one does without is done at once."""
        if call.token is not None:
            self.callbacks.succeed(call.token, {"node": call.node, "status": "ABSENT"})

    def _supersede(self, call: Call, environment: Environment) -> None:
        if call.token is not None:
            raise SupersededError(
                f"attempt {call.attempt} of {environment.name} is over: it is {environment.status} "
                f"in attempt {environment.attempt}"
            )

    def _park(self, call: Call, token: str) -> bool:
        """True if the same attempt had called before."""
        before = self.nodes.park(call.environment_id, call.node, call.attempt, token)
        if before.attempt < call.attempt:
            if before.token is not None:
                reason = f"superseded by attempt {call.attempt}"
                self.callbacks.fail(before.token, SupersededError.__name__, reason)
            if before.status is NodeStatus.FAILED:
                parked = replace(before, attempt=call.attempt)
                waiting = replace(parked, status=NodeStatus.WAITING, failure=None)
                self.save(call.environment_id, parked, waiting)
        return before.attempt == call.attempt

    def save(
        self, environment_id: str, before: NodeState, after: NodeState, entry: Entry | None = None
    ) -> bool:
        """False if somebody else changed the row first: then they have also done what follows from it."""
        try:
            self.nodes.replace(environment_id, before, after, entry)
        except ConflictError:
            return False
        return True

    def succeed(self, situation: Situation, status: NodeStatus) -> None:
        token = situation.state.token
        if token is not None and self.nodes.claim(situation.environment_id, situation.node.name, token):
            self.callbacks.succeed(token, {"node": situation.node.name, "status": status.value})

    def wake_dependents(self, situation: Situation) -> None:
        """What stands unchanged makes no event that would wake those who waited for it."""
        environment, states = situation.environment, self.nodes.all(situation.environment_id)
        if self.movers is None or environment.verified_in is None:
            return
        ready = ready_to_move(environment, environment.graph, states, self.clock.now())
        for name in environment.graph.dependents(situation.node.name):
            if name in ready:
                step = environment.graph.node(name).kind == "step"
                wake = self.movers.run if step else self.movers.deploy
                wake(environment.environment_id, environment.attempt, name, situation.cause)

    def fail(self, situation: Situation, failure: Failure) -> None:
        state = situation.state
        entry = self.narrator.step(
            situation.environment,
            state.name,
            f"{state.name} failed: {failure.reason}",
            situation.cause,
            **failure.document(),
        )
        if state.status is not NodeStatus.FAILED:
            failed = replace(
                state,
                status=NodeStatus.FAILED,
                failed_at=self.clock.now(),
                failure=failure,
                entry_id=entry.entry_id,
            )
            self.save(situation.environment_id, state, failed, entry)
        token = state.token
        if token is not None and self.nodes.claim(situation.environment_id, state.name, token):
            self.callbacks.fail(token, self.error, json.dumps(failure.document()))


@dataclass(frozen=True)
class Situation:
    """All that is known when a node's next move is decided."""

    environment: Environment
    node: Node
    states: States
    call: Call
    distrust: bool  # rows may be behind the truth: an event was lost, or another attempt wrote them

    @property
    def environment_id(self) -> str:
        return self.environment.environment_id

    @property
    def state(self) -> NodeState:
        return self.states[self.node.name]

    @property
    def stack_name(self) -> str:
        return self.environment.stack_name(self.node.name)

    @property
    def region(self) -> str:
        return self.environment.region_of(self.node.name)

    @property
    def request_token(self) -> str:
        return f"{self.environment_id}-{self.environment.attempt}-{self.node.name}"

    @property
    def skip(self) -> tuple[str, ...]:
        """What of it may be passed over in this attempt, if CloudFormation is stuck at it."""
        return tuple(self.environment.skips.get(self.node.name, ()))

    @property
    def cause(self) -> str:
        """The event that led here, or what this node came after."""
        return self.call.cause or self.state.entry_id or self.environment.cause

    def cause_of_start(self) -> str:
        """The entry of the last need that came to stand, or the entry that began the attempt."""
        needs = [self.states[need] for need in self.node.needs]
        stood = [need for need in needs if need.stood_at is not None and need.entry_id]
        last = max(stood, key=lambda need: need.stood_at or 0.0, default=None)
        if last is None or (last.stood_at or 0.0) < self.environment.attempt_started_at:
            return self.environment.cause
        return last.entry_id or self.environment.cause


def call_of(payload: dict[str, Any]) -> Call:
    return Call(
        payload["environment_id"],
        payload["attempt"],
        payload["node"],
        payload.get("token"),
        payload.get("cause"),
    )
