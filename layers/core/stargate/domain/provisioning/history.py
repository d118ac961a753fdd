"""How long each node took in this account before: better than published figures, once there is enough."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.provisioning.progress import States

KEPT, ENOUGH = 20, 3

History = dict[str, list[float]]


def expected_seconds(published: float, measured: list[float]) -> float:
    """The middle of what was measured here, which one slow night does not move; else what is published."""
    return median(measured) if len(measured) >= ENOUGH else published


def with_attempt(history: Mapping[str, list[float]], states: States, attempt: int) -> History:
    """The history with what this attempt brought to stand, the newest of each node last."""
    grown = {name: list(seconds) for name, seconds in history.items()}
    for name, state in states.items():
        if state.submitted_attempt != attempt or state.submitted_at is None or state.stood_at is None:
            continue
        took = round(state.stood_at - state.submitted_at, 3)
        if took > 0:
            grown[name] = [*grown.get(name, []), took][-KEPT:]
    return grown
