"""What the month will come to: what is declared costs for the days that are left, and what use was, goes on.

The fixed part follows from what is declared now. What is used beyond it is expected as on the whole days
before, at most fourteen; how much these scatter makes the range, in which four of five months should end.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.account import DayState
from stargate.domain.costs.actuals.month import DAY, midnight
from stargate.domain.costs.actuals.parts import TASKS, TOKENS, group_of, part_of_line
from stargate.domain.costs.money import cents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from stargate.domain.costs.actuals.account import Account
    from stargate.domain.costs.actuals.day import Day

MOST_DAYS, FEWEST_DAYS = 14, 3
RANGE_PERCENT = 80
# Student's t that nine of ten stay below, by degrees of freedom, as any table has it.
QUANTILES = (1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.350)
FIRST_DEGREES = 2


@dataclass(frozen=True)
class Rate:
    """What is declared costs a day: `fixed` in all, `tasks` of it; `usual` is the use that is assumed."""

    fixed: Decimal
    tasks: Decimal
    usual: Decimal


@dataclass(frozen=True)
class Beyond:
    """What is spent on a day beyond what is declared: `deviation` is None where too few days tell of it."""

    mean: Decimal
    deviation: float | None
    days: int

    def range(self, left: Decimal) -> tuple[Decimal, Decimal]:
        """How much less and how much more may be spent in so many days.

        Their own scatter and that of the mean add up; without either, nothing of it or twice as much.
        """
        if self.deviation is None:
            return self.mean * left, self.mean * left
        quantile = QUANTILES[min(self.days - 1 - FIRST_DEGREES, len(QUANTILES) - 1)]
        days = float(left)
        wide = Decimal(quantile * self.deviation * sqrt(days + days * days / self.days))
        return min(wide, self.mean * left), wide

    @property
    def words(self) -> str:
        if self.deviation is None:
            return f"fewer than {FEWEST_DAYS} whole days were seen: use from nothing to twice the usual"
        return f"use goes on as on the last {self.days} whole days, with their scatter"


@dataclass(frozen=True)
class Point:
    """What may have been spent by the end of a day."""

    day: date
    expected: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Forecast:
    """Of the whole month, to the cent; `points` are those of the days that are not over."""

    expected: Decimal
    low: Decimal
    high: Decimal
    words: str
    points: tuple[Point, ...] = ()

    def document(self) -> dict[str, Any]:
        return {
            "expected": self.expected,
            "low": self.low,
            "high": self.high,
            "range_percent": RANGE_PERCENT,
            "words": self.words,
            "by_day": [
                {"day": one.day.isoformat(), "expected": one.expected, "low": one.low, "high": one.high}
                for one in self.points
            ],
        }

    def passes(self, amount: Decimal) -> date | None:
        """The first day at whose end more than that is expected to be spent."""
        return next((one.day for one in self.points if one.expected > amount), None)


def forecast(account: Account, rate: Rate) -> Forecast:
    beyond = _beyond(account, rate)
    points = [
        _point(account, day, left, rate.fixed, beyond)
        for day in account.month.days
        if (left := _left(account, day))
    ]
    if not points:
        return Forecast(account.total, account.total, account.total, "the month is over")
    last = points[-1]
    return Forecast(last.expected, last.low, last.high, beyond.words, tuple(points))


def _left(account: Account, day: date) -> Decimal:
    """Days, and parts of one, from now until the end of this day."""
    seconds = midnight(day) + DAY - max(account.now, account.month.begins)
    return Decimal(max(0.0, seconds)) / Decimal(DAY)


def _point(account: Account, day: date, left: Decimal, fixed: Decimal, beyond: Beyond) -> Point:
    expected = account.total + left * (fixed + beyond.mean)
    less, more = beyond.range(left)
    return Point(day, cents(expected), cents(expected - less), cents(expected + more))


def _beyond(account: Account, rate: Rate) -> Beyond:
    seen = [_beyond_of(account, day, rate) for day in _whole_days(account)]
    if len(seen) < FEWEST_DAYS:
        return Beyond(rate.usual if not seen else sum(seen, Decimal(0)) / len(seen), None, len(seen))
    mean = sum(seen, Decimal(0)) / len(seen)
    variance = sum((float(one - mean) ** 2 for one in seen), 0.0) / (len(seen) - 1)
    return Beyond(mean, sqrt(variance), len(seen))


def _whole_days(account: Account) -> Sequence[Day]:
    """Those that are over and were metered from their beginning to their end, or billed."""
    whole = [
        day
        for day in account.days
        if midnight(day.day) + DAY <= account.now
        and (account.states[day.day] is DayState.BILLED or day.until - day.since >= DAY)
    ]
    return whole[-MOST_DAYS:]


def _beyond_of(account: Account, day: Day, rate: Rate) -> Decimal:
    """Use, tokens, and tasks above those that are declared now."""
    kinds = {part_of_line(line): line.kind for line in day.metered}
    cells = {part: usd for (at, part), usd in account.cells.items() if at == day.day}
    used = [
        usd
        for part, usd in cells.items()
        if kinds.get(part) in {"usage", "tokens"} or (part not in kinds and group_of(part) == TOKENS)
    ]
    tasks = sum((usd for part, usd in cells.items() if group_of(part) == TASKS), Decimal(0))
    return sum(used, Decimal(0)) + max(Decimal(0), tasks - rate.tasks)
