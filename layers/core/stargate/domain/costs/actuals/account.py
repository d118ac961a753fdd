"""A month of one environment, day by day and part by part: the bill where it has come whole, else the use.

Which of the two it is is told for each day. Cents are cut once: within a part the sums up to each day are
rounded, and a day has what is between two of them. So days add up to the month, and parts do, to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from stargate.domain.costs.actuals.bill import USE
from stargate.domain.costs.actuals.month import DAY, Month, midnight
from stargate.domain.costs.actuals.parts import (
    CONTROL_PLANE,
    group_of,
    in_aws_units,
    part_of_line,
    part_of_usage,
    steady_parts,
)
from stargate.domain.costs.money import ZERO, cents, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from stargate.domain.costs.actuals.day import Day

WHOLE_SHARE = Decimal("0.95")  # of what runs all the time: such a bill has come whole
LATEST = (
    3 * DAY
)  # AWS tells most of a day within one; what is missing three days later will not come by itself


class DayState(StrEnum):
    METERED = "metered"  # no bill yet
    PARTIAL = "partial"  # a bill that has not come whole
    BILLED = "billed"
    UNBILLED = "unbilled"  # long over, and there is no bill: its tag is not active, or nothing was charged


@dataclass(frozen=True)
class Sum:
    """`quantity` counts as AWS's bill does."""

    usd: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)

    def plus(self, usd: Decimal, quantity: Decimal) -> Sum:
        return Sum(self.usd + usd, self.quantity + quantity)


def metered_parts(day: Day) -> dict[str, Sum]:
    found: dict[str, Sum] = {}
    for line in day.metered:
        name = part_of_line(line)
        found[name] = found.get(name, Sum()).plus(line.usd, in_aws_units(line.item, line.quantity))
    return found


def billed_parts(day: Day) -> dict[str, Sum]:
    """Of what was used, amortised; what came beside it is not among them."""
    found: dict[str, Sum] = {}
    for line in day.billed or ():
        if line.kind == USE:
            name = part_of_usage(line.service, line.usage_type)
            found[name] = found.get(name, Sum()).plus(line.amortized, line.quantity)
    return found


def state_of(day: Day, now: float) -> DayState:
    over_for = now - (midnight(day.day) + DAY)
    billed = billed_parts(day)
    if not any(one.usd for one in billed.values()):
        return DayState.UNBILLED if over_for > LATEST and day.metered else DayState.METERED
    if over_for > LATEST or (over_for > 0 and _whole(metered_parts(day), billed)):
        return DayState.BILLED
    return DayState.PARTIAL


def _whole(metered: Mapping[str, Sum], billed: Mapping[str, Sum]) -> bool:
    """Whether it has, of each part that is paid for by the hour, nearly all the hours that were metered."""
    expected = [name for name in steady_parts() if metered.get(name, Sum()).quantity]
    return all(billed.get(name, Sum()).quantity >= WHOLE_SHARE * metered[name].quantity for name in expected)


@dataclass(frozen=True)
class Account:
    """`days` are those of the month that anything is known of, in order; what is after `now` is to come."""

    month: Month
    days: tuple[Day, ...]
    now: float

    @cached_property
    def states(self) -> Mapping[date, DayState]:
        return {day.day: state_of(day, self.now) for day in self.days}

    @cached_property
    def cells(self) -> Mapping[tuple[date, str], Decimal]:
        """What each part cost on each day, to the cent."""
        return _in_cents(self.days, self._counted)

    def _counted(self, day: Day) -> Mapping[str, Sum]:
        metered = metered_parts(day)
        if self.states[day.day] is not DayState.BILLED:
            return metered
        own = {name: one for name, one in metered.items() if name == CONTROL_PLANE}  # in nobody's bill
        return {**billed_parts(day), **own}

    @property
    def parts(self) -> tuple[str, ...]:
        """In the order of their groups, the dearest first."""
        names = {part for _, part in self.cells}
        return tuple(sorted(names, key=lambda name: (-self.of_part(name), name)))

    def of_part(self, part: str) -> Decimal:
        return total(usd for (_, name), usd in self.cells.items() if name == part)

    def of_day(self, day: date) -> Decimal:
        return total(usd for (at, _), usd in self.cells.items() if at == day)

    def of_group(self, group: str, day: date | None = None) -> Decimal:
        return total(
            usd for (at, name), usd in self.cells.items() if group_of(name) == group and day in {None, at}
        )

    @property
    def total(self) -> Decimal:
        return total(self.cells.values())

    @property
    def calls(self) -> Decimal:
        return sum((day.calls for day in self.days), Decimal(0))

    @property
    def billed_days(self) -> tuple[Day, ...]:
        return tuple(day for day in self.days if self.states[day.day] is DayState.BILLED)

    @property
    def compared_days(self) -> tuple[Day, ...]:
        """Those of which both are known, what was used and what was billed."""
        return tuple(day for day in self.billed_days if day.metered)


def _in_cents(
    days: Iterable[Day], counted: Callable[[Day], Mapping[str, Sum]]
) -> dict[tuple[date, str], Decimal]:
    exact: dict[str, Decimal] = {}
    told: dict[str, Decimal] = {}
    found: dict[tuple[date, str], Decimal] = {}
    for day in days:
        for name, one in counted(day).items():
            exact[name] = exact.get(name, Decimal(0)) + one.usd
            upto = cents(exact[name])
            found[day.day, name] = upto - told.get(name, ZERO)
            told[name] = upto
    return found
