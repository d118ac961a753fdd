# ruff: noqa: ARG001  (each measure takes what all of its table take)
"""What an expectation may name: each a figure that is read from the facts, from the action's moment on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stargate.domain.operating.facts import Facts

MINUTE = 60.0


@dataclass(frozen=True)
class Measure:
    """`asks` names the facts that it is read from; `read` takes them, the action's moment and now.

    None is a figure that did not come.
    """

    asks: str
    read: Callable[[Facts, float, float], float | None]


def _cpu(facts: Facts, since: float, now: float) -> float | None:
    """Of the newest minute that began after the action."""
    found = (one.cpu for one in reversed(facts.minutes) if one.cpu is not None and one.at >= since)
    return next(found, None)


def _running(facts: Facts, since: float, now: float) -> float | None:
    return None if facts.service is None else facts.service.running


def _minimum(facts: Facts, since: float, now: float) -> float | None:
    return None if facts.scaling is None else facts.scaling.minimum


def _steady(facts: Facts, since: float, now: float) -> float | None:
    return None if facts.service is None else float(facts.service.steady)


def _quiet(facts: Facts, since: float, now: float) -> float | None:
    """Seconds since the action without a stop that nobody asked for: steady for a moment is nothing."""
    return now - max(since, facts.last_stop or since)


def _delivered(facts: Facts, since: float, now: float) -> float | None:
    """In the minutes from that of the action on."""
    return sum(one.messages for one in facts.deliveries if one.at + MINUTE > since)


MEASURES: Mapping[str, Measure] = {
    "cpu": Measure("minutes", _cpu),
    "running_tasks": Measure("service", _running),
    "minimum": Measure("scaling", _minimum),
    "steady": Measure("service", _steady),
    "quiet_seconds": Measure("last_stop", _quiet),
    "pages_delivered": Measure("deliveries", _delivered),
}
