"""Prices: of an item in a region, from a source, as of a date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.costs.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

EVERYWHERE = "global"


@dataclass(frozen=True)
class Price:
    """US dollars for one `unit`. One that nobody confirmed is from memory, or from another region."""

    item: str
    region: str
    unit: str
    usd: Decimal
    source: str
    as_of: date
    confirmed: bool = True


class MissingPriceError(LookupError):
    """The book has no price of the item for the region."""

    def __init__(self, item: str, region: str) -> None:
        super().__init__(f"no price of {item} in {region}")
        self.item = item
        self.region = region


class PriceBook:
    def __init__(self, prices: Iterable[Price]) -> None:
        self._prices = {(price.item, price.region): price for price in prices}

    def with_newer(self, prices: Iterable[Price]) -> PriceBook:
        """These in the place of its own, but for those that are older than its own."""
        known = self._prices
        newer = [
            price
            for price in prices
            if (own := known.get((price.item, price.region))) is None or price.as_of >= own.as_of
        ]
        return PriceBook([*known.values(), *newer])

    def of(self, item: str, region: str) -> Price:
        """The region's own price, else the one that holds everywhere; MissingPriceError without either."""
        found = self._prices.get((item, region)) or self._prices.get((item, EVERYWHERE))
        if found is None:
            raise MissingPriceError(item, region)
        if found.usd < ZERO:
            raise ValueError(f"the price of {item} in {region} is negative")
        return found

    def oldest(self) -> date:
        return min(price.as_of for price in self._prices.values())
