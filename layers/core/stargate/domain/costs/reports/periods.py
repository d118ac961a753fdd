"""Of which days a report tells, and when it is due: each day of UTC, each week from Monday on, each month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from stargate.domain.costs.actuals.month import DAY, Month, day_of

ONE = timedelta(days=1)
READY = 6 * 3600.0  # after midnight: its last minutes are metered by then, and some of it is billed
CLOSED_ON = 8  # of the next month: AWS restates days until it closes a month, five to seven days after
SUNDAY = 7
LOOKED_BACK = 14  # days: as far back as use is metered once whoever meters it is back


class Kind(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Period:
    """From its first to its last day, both within."""

    kind: Kind
    first: date
    last: date

    @property
    def name(self) -> str:
        """As its files are called: `2026-11-27`, `2026-11-23-week`, `2026-11`."""
        names = {
            Kind.DAILY: str(self.first),
            Kind.WEEKLY: f"{self.first}-week",
            Kind.MONTHLY: str(self.month),
        }
        return names[self.kind]

    @property
    def words(self) -> str:
        if self.kind is Kind.DAILY:
            return str(self.first)
        return f"the week from {self.first}" if self.kind is Kind.WEEKLY else f"the month {self.month}"

    @property
    def month(self) -> Month:
        """The one in which it ends."""
        return Month(self.last.year, self.last.month)

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + ONE * number for number in range((self.last - self.first).days + 1))

    @property
    def before(self) -> Period:
        """The one that it is held against: as many days before, of a month the month before."""
        if self.kind is Kind.MONTHLY:
            return of_month(self.month.before)
        length = self.last - self.first + ONE
        return Period(self.kind, self.first - length, self.last - length)


def of_month(month: Month) -> Period:
    return Period(Kind.MONTHLY, month.days[0], month.days[-1])


def periods_of(day: date) -> tuple[Period, ...]:
    """What is told once this day is over; a month once more when AWS has closed it."""
    found = [Period(Kind.DAILY, day, day)]
    month = Month(day.year, day.month)
    if day.isoweekday() == SUNDAY:
        found.append(Period(Kind.WEEKLY, day - 6 * ONE, day))
    if day == month.days[-1]:
        found.append(of_month(month))
    if day.day == CLOSED_ON:
        found.append(of_month(month.before))
    return tuple(found)


def days_that_are_due(now: float) -> tuple[date, ...]:
    """Those that can be told of, the oldest first: up to yesterday, once it is six in the morning."""
    newest = day_of(now - READY - DAY)
    return tuple(newest - ONE * back for back in reversed(range(LOOKED_BACK)))
