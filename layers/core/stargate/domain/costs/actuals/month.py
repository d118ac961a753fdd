"""Calendar months and days of UTC: AWS's bills know no others."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

DAY = 86400.0
FORM = re.compile(r"^(20[0-9]{2})-(0[1-9]|1[0-2])\Z")


def day_of(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


def midnight(day: date) -> float:
    """The moment at which the day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @staticmethod
    def at(moment: float) -> Month:
        day = day_of(moment)
        return Month(day.year, day.month)

    @staticmethod
    def read(text: str) -> Month:
        """Of `2026-11`; ValueError for anything else."""
        found = FORM.match(text)
        if found is None:
            raise ValueError(f"{text!r} is no month")
        return Month(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def length(self) -> int:
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def hours(self) -> Decimal:
        """Of UTC, where no clock is ever changed."""
        return Decimal(24 * self.length)

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(date(self.year, self.number, day) for day in range(1, self.length + 1))

    @property
    def begins(self) -> float:
        return midnight(self.days[0])

    @property
    def ends(self) -> float:
        """The moment at which the next one begins."""
        return midnight(self.days[-1]) + DAY

    @property
    def before(self) -> Month:
        return Month.at(self.begins - DAY)

    @property
    def after(self) -> Month:
        return Month.at(self.ends)


@dataclass(frozen=True)
class Interval:
    """From `since` on until `until`, in seconds since 1970, within one day."""

    since: float
    until: float

    @property
    def day(self) -> date:
        return day_of(self.since)

    @property
    def hours(self) -> Decimal:
        return Decimal(self.until - self.since) / 3600


def intervals(since: float, until: float) -> tuple[Interval, ...]:
    """The time between, cut at each midnight; nothing if there is none."""
    found = []
    while since < until:
        end = min(until, midnight(day_of(since) + timedelta(days=1)))
        found.append(Interval(since, end))
        since = end
    return tuple(found)
