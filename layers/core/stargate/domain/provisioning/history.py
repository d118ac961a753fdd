"""How long each part of a work took in this account: better than published figures, once there is enough.

What is kept of a node is the time from when all that it needs stood (or, on removal, what needs it was gone)
until it stood (or was gone): with the control plane's own share in it, which a person waits for as well.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from stargate.domain.environment import Work
from stargate.domain.provisioning.durations import START_DATABASE, STOP_DATABASE, seconds_to_delete

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.provisioning.progress import NodeState, States

KEPT, ENOUGH = 20, 3
CHECKS = "checks"
DRAIN = seconds_to_delete("AWS::ECS::Service")
# Published, or estimated where nobody has: of the parts that are no node of the graph.
PARTS: Mapping[str, float] = {
    CHECKS: 30,
    Work.SLEEP: DRAIN + STOP_DATABASE,
    Work.WAKE: START_DATABASE + DRAIN,
}

History = dict[str, list[float]]


def removal_of(node: str) -> str:
    """The name under which the removal of a node is kept."""
    return f"{node} gone"


def expected_seconds(published: float, measured: list[float]) -> float:
    """The middle of what was measured here, which one slow night does not move; else what is published."""
    return median(measured) if len(measured) >= ENOUGH else published


def expected_part(part: str, history: Mapping[str, list[float]]) -> float:
    return expected_seconds(PARTS[part], history.get(part, []))


def with_attempt(
    history: Mapping[str, list[float]], environment: Environment, states: States, ended_at: float
) -> History:
    """The history with what this attempt took, the newest of each last."""
    grown = {name: list(seconds) for name, seconds in history.items()}
    for name, took in _taken(environment, states, ended_at):
        if took > 0:
            grown[name] = [*grown.get(name, []), round(took, 3)][-KEPT:]
    return grown


def _taken(environment: Environment, states: States, ended_at: float) -> Iterator[tuple[str, float]]:
    began = environment.attempt_started_at
    if environment.work in {Work.SLEEP, Work.WAKE}:
        yield environment.work.value, ended_at - began
    elif environment.work is Work.RETIRE:
        yield from _gone(environment, states, began)
    elif environment.work is Work.PROVISION:
        yield from _stood(environment, states, began)
        yield CHECKS, ended_at - max(_stood_at(states.values()), default=ended_at)


def _stood(environment: Environment, states: States, began: float) -> Iterator[tuple[str, float]]:
    """Only what this attempt brought to stand: what stood before tells nothing new."""
    for node in environment.graph.nodes:
        state = states[node.name]
        if state.submitted_attempt == environment.attempt and state.stood_at is not None:
            ready_at = max([began, *_stood_at(states[need] for need in node.needs)])
            yield node.name, state.stood_at - ready_at


def _stood_at(states: Iterable[NodeState]) -> list[float]:
    return [state.stood_at for state in states if state.stood_at is not None]


def _gone(environment: Environment, states: States, began: float) -> Iterator[tuple[str, float]]:
    for node in environment.graph.stacks:
        state = states[node.name]
        if state.removed_attempt == environment.attempt and state.gone_at is not None:
            dependents = [states[name].gone_at for name in environment.graph.dependents(node.name)]
            free_at = max([began, *(at for at in dependents if at is not None)])
            yield removal_of(node.name), state.gone_at - free_at
