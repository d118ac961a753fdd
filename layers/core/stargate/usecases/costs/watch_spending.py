"""Each minute, with what is read of Bedrock's use anyway: whether tokens cost many times what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.account import Account
from stargate.domain.costs.actuals.month import DAY, Month, day_of
from stargate.domain.costs.burning import DAYS_LOOKED_BACK, FLOOR, Burn, Judged, Level, burn, judged, usual
from stargate.domain.costs.money import ZERO, cents
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.signals.signal import Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from stargate.domain.costs.actuals.day import Day
    from stargate.domain.environment import Environment
    from stargate.domain.operating.operations import Overview
    from stargate.domain.scaling.quota_watch import UseMinute
    from stargate.ports.costs import CostDays
    from stargate.ports.world import Clock
    from stargate.usecases.operating.take_signal import TakeSignal

KIND, SUBJECT, SOURCE = "cost-anomaly", "tokens", "spending"
SEVERITIES = {Level.WARNING: Severity.WARNING, Level.CRITICAL: Severity.CRITICAL}
MOST_SPENDERS = 3
LEVELS = {severity: level for level, severity in SEVERITIES.items()}


@dataclass(frozen=True)
class WatchSpending:
    days: CostDays
    take: TakeSignal
    clock: Clock

    def __call__(self, overview: Overview, minutes: Mapping[str, Sequence[UseMinute]]) -> bool:
        """Whether something was told; `minutes` are each model's last ones, by its name."""
        environment, now = overview.environment, self.clock.now()
        found, before = burn(minutes, environment.region_of("models"), now), _level_of(overview)
        if found.usd < FLOOR and before is Level.OK:
            return False  # the usual case costs no question
        days = self._days(environment)
        known = usual(_whole(days, now))
        said = judged(found, known, self._left(environment, days), before)
        if said.level is before:
            return False
        facts = _facts(found, known, said, _spenders(days, environment.region_of("models"), now))
        self.take.take(_signal(environment, said, facts, now))
        return True

    def _days(self, environment: Environment) -> list[Day]:
        """Of this month and of the one before, which the days before lie in at its beginning."""
        month = Month.at(self.clock.now())
        identifier = environment.environment_id
        return [*self.days.of(identifier, month.before), *self.days.of(identifier, month)]

    def _left(self, environment: Environment, days: Sequence[Day]) -> Decimal | None:
        """Of the month's budget."""
        limit = environment.budget.monthly if environment.budget else None
        if limit is None:
            return None
        now = self.clock.now()
        month = Month.at(now)
        own = tuple(one for one in days if Month(one.day.year, one.day.month) == month)
        return limit - Account(month, own, now).total


def _whole(days: Sequence[Day], now: float) -> list[Day]:
    """The last days before this one: what runs away today is not what is usual."""
    first, today = day_of(now - DAYS_LOOKED_BACK * DAY), day_of(now)
    return [one for one in days if first <= one.day < today]


def _level_of(overview: Overview) -> Level:
    """What was told last."""
    condition = overview.operations.conditions.get(f"{KIND}#{SUBJECT}")
    report = condition.reports.get(SOURCE) if condition is not None and condition.open else None
    if report is None or not report.opens:
        return Level.OK
    return LEVELS.get(report.severity, Level.OK)


def _spenders(days: Sequence[Day], region: str, now: float) -> dict[str, float]:
    """The keys that have spent most today, as far as it is metered: a quarter of an hour late at most."""
    sums: dict[str, Decimal] = {}
    for one in (use for day in days if day.day == day_of(now) for use in day.keys):
        sums[one.key] = sums.get(one.key, ZERO) + one.usd(SNAPSHOT, region)
    dearest = sorted(sums, key=lambda key: (-sums[key], key))[:MOST_SPENDERS]
    return {key: float(cents(sums[key])) for key in dearest}


def _facts(found: Burn, known: Decimal | None, said: Judged, spenders: Mapping[str, float]) -> dict[str, Any]:
    """The evidence: at which pace, by which model, and who has spent most."""
    facts = {
        "reason": said.reason,
        "usd_per_hour": float(cents(found.usd)),
        "usual_usd_per_hour": None if known is None else float(cents(known)),
        "models": {model: float(cents(usd)) for model, usd in found.models.items()},
        "keys_today_usd": dict(spenders) or None,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _signal(environment: Environment, said: Judged, facts: Mapping[str, Any], now: float) -> Signal:
    return Signal(
        event_id=f"spending of {environment.environment_id} at {now:.3f}",
        at=now,
        environment=environment.name,
        kind=KIND,
        subject=SUBJECT,
        severity=SEVERITIES.get(said.level, Severity.INFO),
        turn=Turn.CLOSES if said.level is Level.OK else Turn.OPENS,
        source=SOURCE,
        region=environment.region_of("models"),
        facts=facts,
    )
