"""The row of each node, and what can be told from all rows: progress, time to go, lag."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from stargate.domain.environment import AT_WORK, Status, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.failure import Failure
    from stargate.domain.gateway.graph import Graph

    Parts = Callable[[str], float]

LEAST_LEFT = 0.05  # of the typical time: something that takes longer than usual is never "done in 0 s"


class NodeStatus(StrEnum):
    WAITING = "WAITING"
    SUBMITTED = "SUBMITTED"
    STANDING = "STANDING"
    FAILED = "FAILED"
    DELETING = "DELETING"
    GONE = "GONE"


@dataclass(frozen=True)
class NodeState:
    """What is known of one node of an environment."""

    name: str
    status: NodeStatus = NodeStatus.WAITING
    attempt: int = 0
    token: str | None = None
    stack_id: str | None = None
    done: frozenset[str] = frozenset()
    total: int = 1
    typical_seconds: float = 0
    typical_delete_seconds: float | None = None
    submitted_at: float | None = None
    submitted_attempt: int = 0
    removed_attempt: int = 0
    rescued_attempt: int = 0  # in which it was last set free from what it was stuck at
    stood_at: float | None = None
    failed_at: float | None = None
    stood_attempt: int = 0  # in which it was last found, or brought, to stand as declared
    applied: str | None = None  # fingerprint of template and parameters that were submitted last
    deleting_at: float | None = None
    gone_at: float | None = None
    entry_id: str | None = None
    failure: Failure | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def resources_done(self) -> int:
        if self.status is NodeStatus.STANDING:
            return self.total
        if self.status is NodeStatus.GONE:
            return 0
        return min(len(self.done), self.total)

    def seconds(self, now: float) -> float | None:
        """How long the creation took, or has taken so far; of one that failed, until then."""
        if self.submitted_at is None:
            return None
        ended_at = self.failed_at if self.status is NodeStatus.FAILED else self.stood_at
        return max(0.0, (ended_at or now) - self.submitted_at)


States = dict[str, NodeState]
AT_REST = frozenset({Work.SLEEP, Work.WAKE})  # works that touch no stack


def progress(environment: Environment, graph: Graph, states: States) -> float:
    """Share of the resources made, or while an environment is removed, of those gone."""
    if environment.status is Status.RETIRED:
        return 1.0
    if environment.status is Status.UPDATING and environment.work is Work.UPDATE:
        return sum(states[name].stood_attempt == environment.attempt for name in graph.names) / len(
            graph.names
        )
    if environment.work in AT_REST and environment.status in {Status.UPDATING, Status.WAKING}:
        return sum(check.ok for check in environment.checks) / (len(environment.checks) or 1)
    total = sum(states[name].total for name in graph.names)
    done = sum(states[name].resources_done for name in graph.names)
    share = done / total if total else 0.0
    return 1.0 - share if environment.status is Status.RETIRING else share


@dataclass(frozen=True)
class TimeToGo:
    """Seconds: of the whole work, and until each node that is not done yet is."""

    seconds: float
    nodes: Mapping[str, float] = field(default_factory=dict)


def time_to_go(environment: Environment, states: States, parts: Parts, now: float) -> TimeToGo | None:
    """By the longest path that is left, less what has elapsed of what runs; None while nothing is at work.

    `parts` tells what a part that is no node typically takes: the checks, falling asleep, waking.
    """
    if environment.status not in AT_WORK:
        return None
    if environment.work in AT_REST:
        return TimeToGo(_left(parts(environment.work.value), environment.attempt_started_at, now))
    graph = environment.graph
    if environment.status is Status.RETIRING:
        return _along(graph.reversed(), {name: _left_to_delete(states[name], now) for name in graph.names})
    attempt, is_update = environment.attempt, environment.status is Status.UPDATING
    left = {
        name: _left_to_update(states[name], attempt, now) if is_update else _left_to_create(states[name], now)
        for name in graph.names
    }
    found = _along(graph, left)
    stood_at = [state.stood_at for state in states.values() if state.stood_at is not None]
    checking_since = max(stood_at, default=now) if not found.nodes and not is_update else now
    return TimeToGo(found.seconds + _left(parts("checks"), checking_since, now), found.nodes)


def _along(graph: Graph, left: Mapping[str, float]) -> TimeToGo:
    ends = ends_of(graph, left)
    to_go = {name: ends[name] for name, seconds in left.items() if seconds > 0}
    return TimeToGo(max(ends.values(), default=0.0), to_go)


def _left(typical: float, since: float, now: float) -> float:
    return max(typical - (now - since), LEAST_LEFT * typical)


def running(environment: Environment, states: States) -> tuple[str, ...]:
    """What runs now: nodes by their names, or the part of the work before, between or after them."""
    if environment.status not in AT_WORK:
        return ()
    if environment.work in AT_REST:
        return tuple(check.name for check in environment.checks if not check.ok) or (environment.work.value,)
    retiring = environment.status is Status.RETIRING
    busy = {NodeStatus.DELETING} if retiring else {NodeStatus.SUBMITTED, NodeStatus.DELETING}
    found = tuple(name for name in environment.graph.names if states[name].status in busy)
    if found:
        return found
    if retiring:
        gone = all(states[node.name].status is NodeStatus.GONE for node in environment.graph.stacks)
        return ("remains",) if gone else ("stacks",)
    stand = all(
        states[name].status is NodeStatus.STANDING
        and environment.verified_in in {None, states[name].stood_attempt}
        for name in environment.graph.names
    )
    begun = any(states[name].attempt == environment.attempt for name in environment.graph.names)
    return ("checks",) if stand else ("stacks",) if begun else ("preflight",)


def lag_seconds(environment: Environment, graph: Graph, states: States, name: str) -> float | None:
    """The control plane's own time: from the last need standing to this node's first call."""
    state = states[name]
    if state.submitted_at is None or state.submitted_attempt != environment.attempt:
        return None
    stood = [states[need].stood_at for need in graph.node(name).needs]
    ready_at = max((at for at in stood if at is not None), default=environment.attempt_started_at)
    return max(0.0, state.submitted_at - max(ready_at, environment.attempt_started_at))


def _left_to_create(state: NodeState, now: float) -> float:
    if state.status is NodeStatus.STANDING:
        return 0.0
    if state.status is NodeStatus.SUBMITTED and state.submitted_at is not None:
        return _left(state.typical_seconds, state.submitted_at, now)
    return state.typical_seconds


def _left_to_update(state: NodeState, attempt: int, now: float) -> float:
    """Only what is new or known to change takes time; what stands as declared is passed in a moment."""
    is_new = state.status is NodeStatus.WAITING and state.submitted_at is None
    changes = state.submitted_attempt == attempt and state.status is NodeStatus.SUBMITTED
    return _left_to_create(state, now) if is_new or changes else 0.0


def _left_to_delete(state: NodeState, now: float) -> float:
    typical = state.typical_seconds if state.typical_delete_seconds is None else state.typical_delete_seconds
    if state.status is NodeStatus.GONE:
        return 0.0
    if state.status is NodeStatus.DELETING and state.deleting_at is not None:
        return _left(typical, state.deleting_at, now)
    return typical


def longest_path(graph: Graph, left: Mapping[str, float]) -> float:
    """Seconds until all of the graph stands."""
    return max(ends_of(graph, left).values(), default=0.0)


def ends_of(graph: Graph, left: Mapping[str, float]) -> dict[str, float]:
    """Seconds until each node stands, each beginning when what it needs stands."""
    ends: dict[str, float] = {}
    for node in graph.nodes:
        ends[node.name] = left.get(node.name, 0.0) + max((ends[need] for need in node.needs), default=0.0)
    return ends
