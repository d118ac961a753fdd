"""The row of each node, and what can be told from all rows: progress, time to go, lag."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from stargate.domain.environment import Status, Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.failure import Failure
    from stargate.domain.gateway.graph import Graph

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
    stood_attempt: int = 0  # in which it was last found, or brought, to stand as declared
    applied: str | None = None  # fingerprint of template and parameters that were submitted last
    deleting_at: float | None = None
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
        """How long the creation took, or has taken so far."""
        if self.submitted_at is None:
            return None
        return max(0.0, (self.stood_at or now) - self.submitted_at)


States = dict[str, NodeState]


def progress(environment: Environment, graph: Graph, states: States) -> float:
    """Share of the resources made, or while an environment is removed, of those gone."""
    if environment.status is Status.RETIRED:
        return 1.0
    if environment.status is Status.UPDATING and environment.work is Work.UPDATE:
        return sum(states[name].stood_attempt == environment.attempt for name in graph.names) / len(
            graph.names
        )
    total = sum(states[name].total for name in graph.names)
    done = sum(states[name].resources_done for name in graph.names)
    share = done / total if total else 0.0
    return 1.0 - share if environment.status is Status.RETIRING else share


def eta_seconds(environment: Environment, graph: Graph, states: States, now: float) -> float | None:
    """The longest remaining path by typical seconds, less what has elapsed of what runs."""
    if environment.status is Status.PROVISIONING:
        return longest_path(graph, {name: _left_to_create(states[name], now) for name in graph.names})
    if environment.status is Status.UPDATING and environment.work is Work.UPDATE:
        return longest_path(
            graph, {name: _left_to_update(states[name], environment.attempt, now) for name in graph.names}
        )
    if environment.status is Status.RETIRING:
        left = {name: _left_to_delete(states[name], now) for name in graph.names}
        return longest_path(graph.reversed(), left)
    return None


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
        return max(state.typical_seconds - (now - state.submitted_at), LEAST_LEFT * state.typical_seconds)
    return state.typical_seconds


def _left_to_update(state: NodeState, attempt: int, now: float) -> float:
    """Only what is known to change takes time; what stands as declared is passed in a moment."""
    changes = state.submitted_attempt == attempt and state.status is NodeStatus.SUBMITTED
    return _left_to_create(state, now) if changes else 0.0


def _left_to_delete(state: NodeState, now: float) -> float:
    typical = state.typical_seconds if state.typical_delete_seconds is None else state.typical_delete_seconds
    if state.status is NodeStatus.GONE:
        return 0.0
    if state.status is NodeStatus.DELETING and state.deleting_at is not None:
        return max(typical - (now - state.deleting_at), LEAST_LEFT * typical)
    return typical


def longest_path(graph: Graph, left: Mapping[str, float]) -> float:
    """Seconds until all of the graph stands, each node beginning when what it needs stands."""
    ends: dict[str, float] = {}
    for node in graph.nodes:
        ends[node.name] = left.get(node.name, 0.0) + max((ends[need] for need in node.needs), default=0.0)
    return max(ends.values(), default=0.0)
