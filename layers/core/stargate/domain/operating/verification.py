"""Whether an action brought about what it should: measured, within its time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from stargate.domain.operating.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.action import Action, Expectation
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
    return frozenset(MEASURES[one.measure].asks for one in action.expectations)


def verified(action: Action, facts: Facts, now: float) -> Verification:
    """All expectations together: reached once each is, missed once one of them is and its time is over."""
    since = action.since
    measured = {one.measure: MEASURES[one.measure].read(facts, action, now) for one in action.expectations}
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
