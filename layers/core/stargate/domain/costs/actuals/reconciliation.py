"""The use held against the bill, part by part, for days of which both are known: what differs, and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.account import Sum, billed_parts, metered_parts
from stargate.domain.costs.actuals.bill import USE
from stargate.domain.costs.actuals.parts import CONTROL_PLANE, group_of
from stargate.domain.costs.money import CENT, ZERO, cents, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from stargate.domain.costs.actuals.account import Account
    from stargate.domain.costs.actuals.day import Day

PERCENT = Decimal(100)
SAME_QUANTITY = Decimal("0.005")  # of the quantity: so much is rounding, and the edges of hours
BESIDE_GROUP = "beside use"
WORDS = {
    "credits": "credits of the account: they lower what is paid, and not what is used",
    "refunds": "paid back by AWS",
    "taxes": "taxes on what is tagged; most taxes bear no tag and are not among them",
    "support": "the account's support plan",
    "discounts": "discounts of the account's contract",
    "fees": "fees for what was reserved; amortised costs have their share already",
    "savings plans": "use that a savings plan has paid for",
}


@dataclass(frozen=True)
class Reconciled:
    """Of the same days, to the cent: what the use came to, and what AWS charges for it, amortised."""

    part: str
    group: str
    metered: Decimal
    billed: Decimal
    why: str

    @property
    def difference(self) -> Decimal:
        return self.billed - self.metered

    def document(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "group": self.group,
            "metered": self.metered,
            "billed": self.billed,
            "difference": self.difference,
            "why": self.why,
        }


def reconciled(account: Account) -> tuple[Reconciled, ...]:
    """Every part that either side knows, then what was billed beside the use; in all it is the whole bill."""
    days = account.compared_days
    metered, billed = _sums(days, metered_of_bill), _sums(days, billed_parts)
    parts = [
        Reconciled(
            name,
            group_of(name),
            cents(metered.get(name, Sum()).usd),
            cents(billed.get(name, Sum()).usd),
            _why(metered.get(name), billed.get(name)),
        )
        for name in {**metered, **billed}
    ]
    ordered = sorted(parts, key=lambda one: (-abs(one.difference), one.part))
    return (*ordered, *_beside(days))


def metered_of_bill(day: Day) -> dict[str, Sum]:
    """Without the share of the control plane, which bears the tag of no environment."""
    return {name: one for name, one in metered_parts(day).items() if name != CONTROL_PLANE}


def _sums(days: Iterable[Day], parts: Callable[[Day], Mapping[str, Sum]]) -> dict[str, Sum]:
    found: dict[str, Sum] = {}
    for day in days:
        for name, one in parts(day).items():
            found[name] = found.get(name, Sum()).plus(one.usd, one.quantity)
    return found


def _beside(days: Iterable[Day]) -> Iterable[Reconciled]:
    sums: dict[str, Decimal] = {}
    for day in days:
        for line in day.billed or ():
            if line.kind != USE:
                sums[line.kind] = sums.get(line.kind, Decimal(0)) + line.unblended
    return [
        Reconciled(kind, BESIDE_GROUP, ZERO, cents(usd), WORDS.get(kind, "billed beside the use"))
        for kind, usd in sorted(sums.items())
    ]


def _why(metered: Sum | None, billed: Sum | None) -> str:
    if billed is None:
        return "not in the bill: it bears no tag, or AWS charges nothing for it"
    if metered is None:
        return _unforeseen(billed)
    if abs(cents(billed.usd) - cents(metered.usd)) <= CENT:
        return "agrees"
    if billed.quantity and not billed.usd:
        return f"free tier: {_told(billed.quantity)} used, nothing charged"
    return "; ".join(_effects(metered, billed)) or "rounding"


def _unforeseen(billed: Sum) -> str:
    return "not foreseen by any rule" if billed.usd else "used, and free"


def _effects(metered: Sum, billed: Sum) -> list[str]:
    """How much of the difference comes from the quantity, and how much from the price of one."""
    if not metered.quantity or not billed.quantity:
        return []
    own = metered.usd / metered.quantity
    by_quantity = (billed.quantity - metered.quantity) * own
    by_price = billed.usd - billed.quantity * own
    found = []
    if abs(billed.quantity - metered.quantity) > SAME_QUANTITY * metered.quantity:
        counted = f"{_told(billed.quantity)} billed, {_told(metered.quantity)} metered"
        found.append(f"{counted}: {cents(by_quantity):+}")
    if abs(by_price) > CENT:
        found.append(f"another price, or mix of prices, free tier or discount: {cents(by_price):+}")
    return found


def _told(quantity: Decimal) -> str:
    return f"{quantity.quantize(CENT).normalize():,f}"


@dataclass(frozen=True)
class Accuracy:
    """How far the use was from the bill: of one day, or of all the days that were billed."""

    day: date | None
    metered: Decimal
    billed: Decimal

    @property
    def error_percent(self) -> Decimal | None:
        """Of the bill; None where nothing was billed."""
        return cents((self.metered - self.billed) / self.billed * PERCENT) if self.billed else None

    def document(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat() if self.day else None,
            "metered": self.metered,
            "billed": self.billed,
            "error_percent": self.error_percent,
        }


def accuracy(account: Account) -> tuple[Accuracy, tuple[Accuracy, ...]]:
    """Of all billed days together, and of each."""
    each = tuple(_accuracy_of(day) for day in account.compared_days)
    return Accuracy(None, total(one.metered for one in each), total(one.billed for one in each)), each


def _accuracy_of(day: Day) -> Accuracy:
    metered, billed = (
        cents(sum((one.usd for one in parts(day).values()), Decimal(0)))
        for parts in (metered_of_bill, billed_parts)
    )
    return Accuracy(day.day, metered, billed)
