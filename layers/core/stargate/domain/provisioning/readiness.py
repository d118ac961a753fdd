"""May a node move? All it needs must stand; on removal, all that need it must be gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.environment import AT_WORK, Environment, Status
from stargate.domain.provisioning.progress import NodeState, NodeStatus, States

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.gateway.graph import Graph

STEP_OVER_SECONDS = 15 * 60  # a preparing task whose end was never heard of is over by then


def unmet_needs(graph: Graph, states: States, name: str, verified_in: int | None = None) -> tuple[str, ...]:
    """`verified_in`: the attempt of an update, in which each need must have been brought up to date first."""
    return tuple(need for need in graph.node(name).needs if not _stands(states[need], verified_in))


def _stands(state: NodeState, verified_in: int | None) -> bool:
    verified = verified_in is None or state.stood_attempt == verified_in
    return state.status is NodeStatus.STANDING and verified


def _is_updated(state: NodeState, attempt: int) -> bool:
    """Submitted in this attempt, or found to stand as declared."""
    return attempt in {state.submitted_attempt, state.stood_attempt}


def remaining_dependents(graph: Graph, states: States, name: str, now: float) -> tuple[str, ...]:
    """The stacks and running steps that still use this one; a step that does not run is looked through."""
    return tuple(dict.fromkeys(_remaining(graph, states, name, now)))


def _remaining(graph: Graph, states: States, name: str, now: float) -> Iterator[str]:
    for dependent in graph.dependents(name):
        state = states[dependent]
        if graph.node(dependent).kind == "stack":
            if state.status is not NodeStatus.GONE:
                yield dependent
            continue
        if step_runs(state, now):
            yield dependent
        yield from _remaining(graph, states, dependent, now)


def step_runs(state: NodeState, now: float) -> bool:
    started = state.submitted_at
    return state.status is NodeStatus.SUBMITTED and started is not None and now - started < STEP_OVER_SECONDS


def ready_to_move(environment: Environment, graph: Graph, states: States, now: float) -> tuple[str, ...]:
    """The parked nodes that waited for others and need wait no longer."""
    if environment.status not in AT_WORK:
        return ()
    parked = [
        name
        for name in graph.names
        if states[name].token is not None and states[name].attempt == environment.attempt
    ]
    if environment.status is Status.UPDATING:
        verified_in = environment.verified_in
        free = [name for name in parked if not unmet_needs(graph, states, name, verified_in)]
        return tuple(name for name in free if not _is_updated(states[name], environment.attempt))
    if environment.status is Status.PROVISIONING:
        begun = {NodeStatus.SUBMITTED, NodeStatus.STANDING}
        free = [name for name in parked if not unmet_needs(graph, states, name)]
    else:
        begun = {NodeStatus.DELETING, NodeStatus.GONE}
        free = [name for name in parked if not remaining_dependents(graph, states, name, now)]
    return tuple(name for name in free if states[name].status not in begun)
