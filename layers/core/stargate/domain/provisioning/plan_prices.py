"""What a plan costs a month: before and after, the lines that differ, and what a schedule saves of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.assumptions import USUAL
from stargate.domain.costs.ceiling import ceiling_faults, price_of_declared
from stargate.domain.costs.estimate import Estimate, difference
from stargate.domain.costs.materials import UnpricedError, estimated
from stargate.domain.costs.money import ZERO

if TYPE_CHECKING:
    from stargate.domain.costs.ceiling import Made
    from stargate.domain.costs.prices import PriceBook

SHARE = Decimal("0.0001")


def price_of(before: Made | None, after: Made, book: PriceBook) -> dict[str, Any]:
    """US dollars a month; where something has no price, `unpriced` says what, and no sum is given."""
    try:
        was = Estimate(()) if before is None else price_of_declared(before, book)
        will = price_of_declared(after, book)
        saved = _saved(after, will, book)
    except UnpricedError as missing:
        return {"currency": "USD", "unpriced": str(missing)}
    budget = after[0].budget
    return {
        "currency": "USD",
        "before": float(was.total),
        "after": float(will.total),
        "difference": float(will.total - was.total),
        "lines": [
            {
                "stack": line.stack,
                "item": line.item,
                "before": float(line.before),
                "after": float(line.after),
                "difference": float(line.difference),
            }
            for line in difference(was, will)
        ],
        "unconfirmed": float(will.unconfirmed),
        "prices_as_of": will.oldest.isoformat(),
        "saved_by_schedule": float(saved),
        "ceiling": float(budget.ceiling) if budget and budget.ceiling is not None else None,
        "refused": [fault.fault for fault in ceiling_faults(before, after, book)],
    }


def _saved(made: Made, awake: Estimate, book: PriceBook) -> Decimal:
    """By sleeping when its schedule says so, in weeks without holidays."""
    environment, manifest = made
    if environment.schedule is None:
        return ZERO
    share = Decimal(environment.schedule.asleep_share).quantize(SHARE)
    usage = replace(USUAL, values={**USUAL.values, "asleep_share": share})
    asleep = estimated(
        manifest, environment.preset_defaults(), environment.spec, book, usage, environment.region
    )
    return awake.total - asleep.total
