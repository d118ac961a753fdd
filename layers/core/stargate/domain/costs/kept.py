"""What is kept of an environment that is gone costs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from stargate.domain.costs.money import ZERO, cents, total
from stargate.domain.costs.prices import MissingPriceError
from stargate.domain.costs.snapshot import SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.life.ends import Kept


def monthly_of(kept: Kept, prices: PriceBook = SNAPSHOT) -> Decimal | None:
    """US dollars a month at most; None where the region has no price.

    A snapshot is billed by what is in it, which is its database's volume at most. A secret is not billed
    while its recovery window runs (AWS Secrets Manager pricing).
    """
    if kept.kind == "secret" and kept.until is not None:
        return ZERO
    item, amount = ("secret", 1) if kept.kind == "secret" else ("database_backup", kept.size_gb or 0)
    try:
        return cents(prices.of(item, kept.region).usd * Decimal(amount))
    except MissingPriceError:
        return None


def monthly_in_words(kept: Iterable[Kept]) -> str:
    """`at most $9.50 a month`, or nothing where nothing is kept."""
    priced = [monthly_of(one) for one in kept]
    if not priced:
        return ""
    known = total(amount for amount in priced if amount is not None)
    return f"at most ${known} a month" + (", and what has no price here" if None in priced else "")
