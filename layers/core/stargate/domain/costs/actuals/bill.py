"""AWS's bill of one environment: what each usage type of each service cost on each day, and what came along.

What is used is asked for by the environment's tag. Credits, refunds, taxes and fees stand apart: they belong
to an account and its contract, and would hide what a gateway costs. Each is told, none is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from stargate.domain.costs.actuals.cost_explorer import Row

USE = "Usage"
# Record types of Cost Explorer that are not use: what they are called here.
BESIDE = {
    "Credit": "credits",
    "Refund": "refunds",
    "Tax": "taxes",
    "Support": "support",
    "Enterprise Discount Program Discount": "discounts",
    "Bundled Discount": "discounts",
    "Private Rate Discount": "discounts",
    "Other out-of-cycle charges": "fees",
    "Upfront reservation fee": "fees",
    "Recurring reservation fee": "fees",
    "Savings Plan upfront fee": "fees",
    "Savings Plan recurring fee": "fees",
    "Savings Plan Negation": "savings plans",
}
UNBLENDED, AMORTIZED, QUANTITY = "UnblendedCost", "AmortizedCost", "UsageQuantity"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Billed:
    """One line of a day. `kind` is USE or one of BESIDE's names; `usage_type` is "" where it is not use.

    `unblended` is what was charged on that day; `amortized` spreads what was paid beforehand over its time.
    """

    service: str
    usage_type: str
    kind: str
    unblended: Decimal
    amortized: Decimal
    quantity: Decimal


def use_of(rows: Iterable[Row]) -> dict[date, list[Billed]]:
    """By day, of rows grouped by SERVICE and USAGE_TYPE."""
    found: dict[date, list[Billed]] = {}
    for row in rows:
        line = _line(row, row.keys.get("SERVICE", ""), row.keys.get("USAGE_TYPE", ""), USE)
        found.setdefault(row.day, []).append(line)
    return found


def beside_of(rows: Iterable[Row]) -> dict[date, list[Billed]]:
    """By day, of rows that are no use, grouped by RECORD_TYPE and SERVICE."""
    found: dict[date, list[Billed]] = {}
    for row in rows:
        told = row.keys.get("RECORD_TYPE", "")
        line = _line(row, row.keys.get("SERVICE", ""), "", BESIDE.get(told, told.lower()))
        found.setdefault(row.day, []).append(line)
    return found


def _line(row: Row, service: str, usage_type: str, kind: str) -> Billed:
    """Who asked for unblended costs alone has amortised ones that are the same."""
    unblended = row.amounts.get(UNBLENDED, ZERO)
    amortized = row.amounts.get(AMORTIZED, unblended)
    return Billed(service, usage_type, kind, unblended, amortized, row.amounts.get(QUANTITY, ZERO))
