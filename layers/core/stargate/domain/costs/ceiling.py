"""Whether what is declared of an environment may cost what it does: a change above the ceiling is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.costs.materials import UnpricedError, estimated
from stargate.domain.costs.money import ZERO
from stargate.domain.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from stargate.domain.costs.estimate import Estimate
    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.environment import Environment
    from stargate.domain.gateway.manifest import Manifest

    Made = tuple[Environment, Manifest]  # an environment, and the templates of its version


def price_of_declared(made: Made, book: PriceBook) -> Estimate:
    """Of the usual use, without tokens; UnpricedError where a price is missing."""
    environment, manifest = made
    preset, spec = environment.preset_defaults(), environment.spec
    return estimated(manifest, preset, spec, book, region=environment.region)


def ceiling_faults(before: Made | None, after: Made, book: PriceBook) -> Iterator[Fault]:
    """One if `after` costs more than its ceiling, unless it is at least no dearer than `before`."""
    ceiling = after[0].budget.ceiling if after[0].budget else None
    if ceiling is None:
        return
    try:
        price = price_of_declared(after, book).total
    except UnpricedError as missing:
        words = f"whether it is within the ceiling of ${ceiling:,.2f} cannot be told: {missing}"
        yield Fault("/budget/ceiling", words, "what has a price, or no ceiling")
        return
    if price > ceiling and (before is None or price > _price_before(before, book)):
        words = f"{after[0].name} would cost ${price:,.2f} a month, more than its ceiling of ${ceiling:,.2f}"
        yield Fault("/budget/ceiling", words, f"a ceiling from {price} on, or what costs less")


def _price_before(made: Made, book: PriceBook) -> Decimal:
    """Nothing, where what stands has no price: then its successor is held against the ceiling alone."""
    try:
        return price_of_declared(made, book).total
    except UnpricedError:
        return ZERO
