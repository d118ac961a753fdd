"""AWS's price list, read: which queries find our items, and what a product's document says it costs.

A product is JSON text: attributes that tell what it is, and terms with price dimensions, of which an
on-demand one for each range of use. The price of an item is that of the first range that is not free: free
tiers belong to an account. Where two products fit and differ, neither is taken.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.catalogue import ANYWHERE, CATALOGUE, Listed, bare
from stargate.domain.costs.prices import EVERYWHERE, Price
from stargate.domain.costs.snapshot import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CURRENCY = "USD"


@dataclass(frozen=True)
class Query:
    """One question of GetProducts: products of the service with all of these attributes."""

    service: str
    attributes: tuple[tuple[str, str], ...]
    region: str  # EVERYWHERE for what costs the same all over


@dataclass(frozen=True)
class Product:
    """`usd` is for one of AWS's `unit`s, `published` when AWS published it."""

    service: str
    attributes: Mapping[str, str]
    unit: str
    usd: Decimal
    published: date


class UnreadableProductError(ValueError):
    """A document that is no product of a price list."""


def queries(region: str, items: Iterable[Listed] = CATALOGUE) -> dict[Query, list[Listed]]:
    """What to ask for these items' prices in the region, and which items each answer may hold."""
    found: dict[Query, list[Listed]] = {}
    for listed in items:
        found.setdefault(_query(listed, region), []).append(listed)
    return found


def _query(listed: Listed, region: str) -> Query:
    if listed.place == ANYWHERE:
        return Query(listed.service, (("usagetype", listed.usage), *listed.asked.items()), EVERYWHERE)
    return Query(listed.service, (("regionCode", region), *listed.asked.items()), region)


def price_in(
    products: Iterable[Product], listed: Listed, region: str, asked_on: date | None = None
) -> tuple[Price | None, str]:
    """The item's price, or None and why there is none.

    It holds as of the day it was asked on; of an answer that was kept, as of its publication at least.
    """
    fitting = [product for product in products if _fits(product, listed, region)]
    if not fitting:
        return None, "no product fits"
    amounts = {(product.usd, product.unit) for product in fitting}
    if len(amounts) > 1:
        told = ", ".join(sorted(f"${usd.normalize():f} per {unit}" for usd, unit in amounts))
        return None, f"several products fit: {told}"
    newest = max(fitting, key=lambda product: product.published)
    source = f"AWS price list, {newest.service}, published {newest.published}"
    usd = newest.usd * listed.units
    as_of = asked_on or newest.published
    return Price(listed.item, region, UNITS[listed.item], usd, source, as_of), ""


def _fits(product: Product, listed: Listed, region: str) -> bool:
    same = product.service == listed.service and bare(product.attributes.get("usagetype", "")) == listed.usage
    return (
        same
        and (listed.place == ANYWHERE or product.attributes.get("regionCode") == region)
        and all(product.attributes.get(name) == value for name, value in listed.asked.items())
        and all(product.attributes.get(name) in values for name, values in listed.told.items())
    )


def product_of(text: str) -> Product | None:
    """None for a product that nobody pays for by use in dollars; UnreadableProductError for no product."""
    try:
        document = json.loads(text)
        attributes = {str(name): str(value) for name, value in document["product"]["attributes"].items()}
        family = document["product"].get("productFamily")
        published = _day(document["publicationDate"])
        dimensions = list(_paid(document["terms"].get("OnDemand", {})))
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise UnreadableProductError(f"no product of a price list: {text[:80]!r}") from error
    if not dimensions:
        return None
    _, usd, unit = min(dimensions)
    told = {**attributes, **({"productFamily": family} if family else {})}
    return Product(str(document.get("serviceCode") or attributes["servicecode"]), told, unit, usd, published)


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _paid(terms: Mapping[str, Any]) -> Iterator[tuple[Decimal, Decimal, str]]:
    """Where each range begins that costs something, its price in dollars, and its unit."""
    for term in terms.values():
        for dimension in term["priceDimensions"].values():
            usd = Decimal(dimension["pricePerUnit"].get(CURRENCY, 0))
            if usd > 0:
                yield Decimal(dimension.get("beginRange") or 0), usd, str(dimension["unit"])
