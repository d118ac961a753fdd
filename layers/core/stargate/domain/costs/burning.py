"""How fast tokens spend money, against what is usual here: a script gone wild is seen within minutes.

Reckoned from the minutes of each model at the prices of the snapshot. What is read from a prompt cache is not
among those minutes: it costs a tenth of what is not, and nobody runs away with it alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING

from stargate.domain.costs.actuals.parts import TOKENS, group_of, part_of_line
from stargate.domain.costs.money import cents
from stargate.domain.costs.prices import MissingPriceError
from stargate.domain.costs.rules import MILLION
from stargate.domain.costs.snapshot import SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stargate.domain.costs.actuals.day import Day
    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.scaling.quota_watch import UseMinute

MINUTE, HOUR_MINUTES = 60.0, 60
WINDOW_MINUTES = 3  # one alone is chance, and five are all the time that there is to notice
STALE_SECONDS = 10 * MINUTE
DAYS_LOOKED_BACK = 7
FLOOR = Decimal(2)  # dollars an hour: what burns less is nobody's emergency, however unusual
UNKNOWN = Decimal(20)  # where nothing is known of what is usual: $480 a day
WARNING_TIMES, CRITICAL_TIMES = (
    5,
    10,
)  # the busiest day's average: its busiest hour is two or three times that
LEAST_HOURS = Decimal(12)  # of a day that says what is usual
DAY_HOURS = Decimal(24)


class Level(IntEnum):
    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True)
class Burn:
    """US dollars an hour at the pace of the last minutes, in all and by model."""

    usd: Decimal
    models: Mapping[str, Decimal]


@dataclass(frozen=True)
class Judged:
    level: Level
    reason: str


def burn(
    minutes: Mapping[str, Sequence[UseMinute]], region: str, now: float, book: PriceBook = SNAPSHOT
) -> Burn:
    """Of models by their names; what has no price in the region burns nothing."""
    newest = max((one.at for told in minutes.values() for one in told), default=0.0)
    if newest < now - STALE_SECONDS:
        return Burn(Decimal(0), {})
    since = newest - (WINDOW_MINUTES - 1) * MINUTE
    spent = {
        model: _usd(model, [one for one in told if one.at >= since], region, book)
        for model, told in minutes.items()
    }
    hourly = {model: usd * HOUR_MINUTES / WINDOW_MINUTES for model, usd in spent.items() if usd}
    return Burn(sum(hourly.values(), Decimal(0)), hourly)


def _usd(model: str, minutes: Iterable[UseMinute], region: str, book: PriceBook) -> Decimal:
    counts = {
        "input": sum(one.input_tokens for one in minutes),
        "output": sum(one.output_tokens for one in minutes),
        "cache_write": sum(one.cache_write_tokens for one in minutes),
    }
    try:
        prices = {part: book.of(f"{model}_{part}", region).usd for part in counts}
    except MissingPriceError:
        return Decimal(0)
    return sum((Decimal(repr(counts[part])) * prices[part] / MILLION for part in counts), Decimal(0))


def usual(days: Iterable[Day]) -> Decimal | None:
    """Dollars an hour on the busiest of these days; None if none was metered for long enough."""
    hourly = [
        sum((line.usd for line in day.metered if group_of(part_of_line(line)) == TOKENS), Decimal(0))
        / day.metered_hours
        for day in days
        if day.metered_hours >= LEAST_HOURS
    ]
    return max(hourly, default=None)


def judged(found: Burn, known: Decimal | None, left: Decimal | None, before: Level) -> Judged:
    """`known` is what is usual, `left` what may still be spent this month, `before` the level it had.

    A level once reached holds until the pace is half of what led to it, so that it does not flap.
    """
    usd, limit = found.usd, UNKNOWN if known is None else max(FLOOR, WARNING_TIMES * known)
    if usd < limit / (2 if before is not Level.OK else 1):
        return Judged(Level.OK, f"tokens cost ${cents(usd)} an hour")
    against = (
        "more than was ever seen" if not known else f"{usd / known:.0f} times the busiest of the last days"
    )
    told = f"tokens cost ${cents(usd)} an hour, {against}"
    if left is not None and left < usd * DAY_HOURS:
        return Judged(Level.CRITICAL, f"{told}: what is left of the budget lasts {_hours(left, usd)}")
    critical = limit * CRITICAL_TIMES / WARNING_TIMES
    if usd >= critical or (before is Level.CRITICAL and usd >= critical / 2):
        return Judged(Level.CRITICAL, told)
    return Judged(Level.WARNING, told)


def _hours(left: Decimal, usd: Decimal) -> str:
    return f"{max(Decimal(0), left) / usd:.1f} hours"
