"""An estimate: lines of a bill of materials, and their sums."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from stargate.domain.costs.money import ZERO, cents, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from stargate.domain.costs.prices import Price

Kind = Literal["fixed", "usage", "tokens"]
PERCENT = Decimal(100)


@dataclass(frozen=True)
class Line:
    """`quantity` of the price's unit in a month; `resources` are logical ids in the stack's template.

    `rests_on` is the assumption that decides the quantity, "" where what is declared, or measured, does.
    """

    stack: str
    resources: tuple[str, ...]
    item: str
    quantity: Decimal
    price: Price
    kind: Kind
    assumption: str = ""
    rests_on: str = ""

    @property
    def monthly(self) -> Decimal:
        return cents(self.quantity * self.price.usd)

    def document(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "resources": list(self.resources),
            "item": self.item,
            "kind": self.kind,
            "quantity": self.quantity,
            "unit": self.price.unit,
            "unit_price": self.price.usd,
            "monthly": self.monthly,
            "region": self.price.region,
            "source": self.price.source,
            "as_of": self.price.as_of.isoformat(),
            "confirmed": self.price.confirmed,
            "assumption": self.assumption,
            "rests_on": self.rests_on,
        }


@dataclass(frozen=True)
class Estimate:
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return total(line.monthly for line in self.lines)

    def of(self, kind: Kind) -> Decimal:
        return total(line.monthly for line in self.lines if line.kind == kind)

    def by_stack(self) -> dict[str, Decimal]:
        """In the order of the lines."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            sums[line.stack] = sums.get(line.stack, ZERO) + line.monthly
        return sums

    @property
    def unconfirmed(self) -> Decimal:
        """How much of the total rests on prices that nobody confirmed."""
        return total(line.monthly for line in self.lines if not line.price.confirmed)

    @property
    def oldest(self) -> date:
        """The date of the oldest price in it; ValueError where there is no line."""
        return min(line.price.as_of for line in self.lines)

    def document(self) -> dict[str, Any]:
        """Dollars a month; `unconfirmed_percent` of the total."""
        share = cents(self.unconfirmed * PERCENT / self.total) if self.total else ZERO
        return {
            "currency": "USD",
            "lines": [line.document() for line in self.lines],
            "by_stack": self.by_stack(),
            "fixed": self.of("fixed"),
            "usage": self.of("usage"),
            "tokens": self.of("tokens"),
            "total": self.total,
            "unconfirmed": self.unconfirmed,
            "unconfirmed_percent": share,
        }


def merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Resources of one stack that are paid alike are one line, where the first of them stood."""
    found: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        key = line.stack, line.item, line.assumption
        known = found.get(key)
        found[key] = line if known is None else _joined(known, line)
    return tuple(found.values())


def _joined(one: Line, other: Line) -> Line:
    return replace(one, resources=(*one.resources, *other.resources), quantity=one.quantity + other.quantity)


@dataclass(frozen=True)
class Change:
    """One line's amount before and after; zero where there was or will be none."""

    stack: str
    item: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


def difference(before: Estimate, after: Estimate) -> tuple[Change, ...]:
    """The lines whose amount changes, those of `before` first."""
    was, will = _by_line(before.lines), _by_line(after.lines)
    changes = (Change(*key, was.get(key, ZERO), will.get(key, ZERO)) for key in {**was, **will})
    return tuple(change for change in changes if change.difference)


def _by_line(lines: Iterable[Line]) -> Mapping[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        key = line.stack, line.item
        sums[key] = sums.get(key, ZERO) + line.monthly
    return sums
