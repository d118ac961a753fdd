"""Ask AWS for the prices of all that environments are made of, and keep them for estimates and plans.

What is not found, or cannot be asked today, keeps the price it was known by, with its age.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.price_list import UnreadableProductError, price_in, product_of, queries
from stargate.errors import AwsDeniedError, AwsThrottledError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stargate.domain.costs.catalogue import Listed
    from stargate.domain.costs.price_list import Product, Query
    from stargate.domain.costs.prices import Price
    from stargate.ports.costs import KeptPrices, PriceList
    from stargate.ports.world import Clock


@dataclass(frozen=True)
class RefreshPrices:
    price_list: PriceList
    kept: KeptPrices
    clock: Clock
    regions: Sequence[str]

    def __call__(self) -> dict[str, Any]:
        """How many prices were found, and of what none was and why."""
        today = datetime.fromtimestamp(self.clock.now(), UTC).date()
        found: dict[tuple[str, str], Price] = {}
        missing: dict[str, str] = {}
        for query, listed in self._questions().items():
            try:
                products = list(self._products(query))
            except (AwsThrottledError, AwsDeniedError, UnreadableProductError) as error:
                missing.update({_name(one, query): str(error) for one in listed})
                continue
            found.update(_priced(products, listed, query, today, missing))
        known = {(price.item, price.region): price for price in self.kept.listed()}
        self.kept.keep({**known, **found}.values())
        return {"found": len(found), "missing": missing}

    def _questions(self) -> Mapping[Query, list[Listed]]:
        """Of all regions; what costs the same everywhere is asked once."""
        asked: dict[Query, list[Listed]] = {}
        for region in self.regions:
            asked.update(queries(region))
        return asked

    def _products(self, query: Query) -> Iterator[Product]:
        read = (product_of(text) for text in self.price_list.products(query))
        return (product for product in read if product is not None)


def _priced(
    products: Sequence[Product],
    listed: Sequence[Listed],
    query: Query,
    today: date,
    missing: dict[str, str],
) -> Iterator[tuple[tuple[str, str], Price]]:
    for one in listed:
        price, why = price_in(products, one, query.region, today)
        if price is None:
            missing[_name(one, query)] = why
        else:
            yield (price.item, price.region), price


def _name(listed: Listed, query: Query) -> str:
    return f"{listed.item} in {query.region}"
