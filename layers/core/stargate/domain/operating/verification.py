# ruff: noqa: ARG001  (each measure takes what all of its table take)
"""Whether an action brought about what it should: measured, within its time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stargate.domain.operating.actions import Action, Expectation
    from stargate.domain.operating.facts import Facts


class Outcome(StrEnum):
    REACHED = "reached"
    NOT_YET = "not_yet"
    MISSED = "missed"


@dataclass(frozen=True)
class Verification:
    """`measured` has what each expectation's measure was found to be; None is a measure that did not come."""

    outcome: Outcome
    reason: str
    measured: Mapping[str, float | None] = field(default_factory=dict)


def asked_by(action: Action) -> frozenset[str]:
    """The facts that its expectations are measured by."""
    return frozenset(MEASURES[one.measure][0] for one in action.expectations)


def verified(action: Action, facts: Facts, now: float) -> Verification:
    """All expectations together: reached once each is, missed once one of them is and its time is over."""
    since = action.performed_at or action.requested_at
    measured = {one.measure: MEASURES[one.measure][1](facts, since, now) for one in action.expectations}
    unmet = [one for one in action.expectations if not _met(one, measured[one.measure])]
    words = "; ".join(_told(one, measured[one.measure]) for one in unmet or action.expectations)
    if not unmet:
        return Verification(Outcome.REACHED, words or "nothing was expected", measured)
    late = any(now > since + one.within_seconds for one in unmet)
    return Verification(Outcome.MISSED if late else Outcome.NOT_YET, words, measured)


def _met(expectation: Expectation, value: float | None) -> bool:
    if value is None:
        return False
    if expectation.comparison == "at_least":
        return value >= expectation.value
    return value <= expectation.value


def _told(expectation: Expectation, value: float | None) -> str:
    found = "not measured" if value is None else f"{value:.4g}"
    words = expectation.comparison.replace("_", " ")
    return f"{expectation.measure} {found}, expected {words} {expectation.value:.4g}"


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


# Measure → the facts it is read from, and how: from the moment of the action on, until now.
MEASURES: Mapping[str, tuple[str, Callable[[Facts, float, float], float | None]]] = {
    "cpu": ("metrics", _cpu),
    "running_tasks": ("service", _running),
    "minimum": ("scaling", _minimum),
    "steady": ("service", _steady),
    "quiet_seconds": ("condition", _quiet),
}
