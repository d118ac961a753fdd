"""Which alarms rang in a drill, and which should have: one that must ring and does not is a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.objectives import LITELLM
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from stargate.domain.drills.score import Judged

# Seconds of 5xx to every request after which an alarm must have rung: its minutes (3 of 4 and 5 of 6 in
# gateway/stacks/litellm.yaml), and two more until the newest is delivered and looked at.
RINGS_AFTER: Mapping[str, float] = {"litellm-errors-critical": 300.0, "litellm-errors-warning": 420.0}
FEWEST_REQUESTS = 20.0  # a minute: with fewer the alarms say nothing


@dataclass(frozen=True)
class Rang:
    """`name` is what follows `stargate-<environment>-`."""

    name: str
    at: float


@dataclass(frozen=True)
class Alarms:
    rang: tuple[Rang, ...]
    should: tuple[str, ...]
    may: frozenset[str]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in self.should if name not in {one.name for one in self.rang})

    @property
    def unexpected(self) -> tuple[str, ...]:
        return tuple(sorted({one.name for one in self.rang} - self.may))

    @property
    def findings(self) -> tuple[str, ...]:
        silent = (f"the alarm {name} should have rung and did not" for name in self.missing)
        strange = (f"the alarm {name} rang, which this drill does not explain" for name in self.unexpected)
        return (*silent, *strange)

    def document(self) -> dict[str, Any]:
        return {
            "rang": [{"alarm": one.name, "at": told(one.at)} for one in self.rang],
            "should_have_rung": list(self.should),
            "missing": list(self.missing),
            "unexpected": list(self.unexpected),
        }


def alarms_of(
    judged: Iterable[Judged], rang: Sequence[Rang], may: Collection[str], requests_per_minute: float
) -> Alarms:
    """`requests_per_minute` came before the failure: too few, and no alarm on errors has anything to say."""
    failing = sum(_failing_seconds(one) for one in judged if one.component == LITELLM)
    should = [name for name, after in RINGS_AFTER.items() if failing >= after]
    return Alarms(
        tuple(rang), tuple(should if requests_per_minute >= FEWEST_REQUESTS else ()), frozenset(may)
    )


def _failing_seconds(judged: Judged) -> float:
    """Of its outages, those in which nothing but 5xx was answered; a refused key is no error to an alarm."""
    return max(
        (
            outage.at_least
            for outage in judged.outages
            if all(reason.startswith("5") for reason in outage.reasons)
        ),
        default=0.0,
    )
