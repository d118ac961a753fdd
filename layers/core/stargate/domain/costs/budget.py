"""What an environment may cost: in a calendar month, and by what is declared of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.money import CENT, cents
from stargate.domain.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

USUAL_THRESHOLDS = (50, 80, 100)
LARGEST = Decimal(10_000_000)
HIGHEST_THRESHOLD = 1000


@dataclass(frozen=True)
class Budget:
    """US dollars. None is no limit.

    `monthly` is for all that is spent in a calendar month of UTC, tokens among it: each of `thresholds`, in
    percent of it, is a signal when it is passed. `ceiling` is for the estimate of what is declared, without
    tokens: a change that would cost more than that a month is refused.
    """

    monthly: Decimal | None = None
    ceiling: Decimal | None = None
    thresholds: tuple[int, ...] = USUAL_THRESHOLDS

    def document(self) -> dict[str, Any]:
        """As a row and an answer have it; amounts of cents come back from JSON as they were."""
        return {
            "monthly": None if self.monthly is None else float(self.monthly),
            "ceiling": None if self.ceiling is None else float(self.ceiling),
            "thresholds": list(self.thresholds),
        }

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> Budget:
        return Budget(
            _dollars(document.get("monthly")),
            _dollars(document.get("ceiling")),
            tuple(document.get("thresholds") or USUAL_THRESHOLDS),
        )

    def changed(self, document: Mapping[str, Any]) -> Budget | None:
        """With what is given in the place of what was; None if then nothing is limited any more."""
        after = Budget.from_document({**self.document(), **document})
        return after if after.monthly is not None or after.ceiling is not None else None

    @property
    def words(self) -> str:
        parts = []
        if self.monthly is not None:
            parts.append(f"may spend ${self.monthly:,.2f} a month")
        if self.ceiling is not None:
            parts.append(f"may be declared up to ${self.ceiling:,.2f} a month")
        return " and ".join(parts) or "has no budget"


def budget_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """What a schema cannot say of a budget."""
    allowed = f"dollars and cents, more than 0 and at most {LARGEST:,}"
    for name in ("monthly", "ceiling"):
        value = document.get(name)
        if value is not None and not _is_amount(value):
            yield Fault(f"/budget/{name}", f"{value} is no amount of money", allowed)
    if not document:
        yield Fault("/budget", "says nothing", "monthly, ceiling, thresholds; null takes the budget back")
    thresholds = document.get("thresholds", [])
    if thresholds != sorted(set(thresholds)):
        yield Fault("/budget/thresholds", f"{thresholds} do not rise", "rising percentages of monthly")


def _is_amount(value: float) -> bool:
    amount = Decimal(str(value))
    return amount.is_finite() and 0 < amount <= LARGEST and amount == amount.quantize(CENT)


def _dollars(value: float | None) -> Decimal | None:
    return None if value is None else cents(Decimal(str(value)))
