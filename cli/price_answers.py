"""Answers of AWS's Price List API that somebody kept in files, as prices."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.failure import BadInputError
from stargate.domain.costs.catalogue import ANYWHERE, CATALOGUE
from stargate.domain.costs.estimate import Estimate
from stargate.domain.costs.price_list import Product, UnreadableProductError, price_in, product_of
from stargate.domain.costs.prices import EVERYWHERE, Price
from stargate.domain.faults import Fault

EXPECTED = "the JSON that `aws pricing get-products` prints"


@dataclass(frozen=True)
class Answers:
    """`products` is how many there were, of whatever kind; `prices` those of our items."""

    products: int = 0
    prices: tuple[Price, ...] = ()
    doubtful: tuple[str, ...] = ()

    def document(self, estimate: Estimate) -> dict[str, Any]:
        """How far the estimate rests on them: an answer older than the snapshot is not taken."""
        used = {(line.price.item, line.price.region) for line in estimate.lines if line.price in self.prices}
        return {
            "products": self.products,
            "prices": len(self.prices),
            "used": len(used),
            "doubtful": list(self.doubtful),
        }


def read_answers(files: Iterable[Path], regions: Iterable[str]) -> Answers:
    """The prices of these regions in the files; BadInputError names each file that is no answer."""
    faults: list[Fault] = []
    products: list[Product | None] = []
    for path in files:
        try:
            answer = json.loads(path.read_text(encoding="utf-8"))
            products += [product_of(_text(one)) for one in answer["PriceList"]]
        except (OSError, ValueError, TypeError, KeyError) as error:
            why = str(error) if isinstance(error, (OSError, UnreadableProductError)) else "is no such answer"
            faults.append(Fault(f"--price-list {path}", why, EXPECTED))
    if faults:
        raise BadInputError("these prices cannot be read", faults)
    return _prices(products, sorted(regions))


def _text(product: Any) -> str:
    """AWS puts each product into a string; what went through other tools may be an object."""
    return product if isinstance(product, str) else json.dumps(product)


def _prices(products: list[Product | None], regions: list[str]) -> Answers:
    known = [product for product in products if product is not None]
    prices, doubtful = [], []
    for listed in CATALOGUE:
        for region in [EVERYWHERE] if listed.place == ANYWHERE else regions:
            price, why = price_in(known, listed, region)
            if price is not None:
                prices.append(price)
            elif why.startswith("several"):
                doubtful.append(f"{listed.item} in {region}: {why}")
    return Answers(len(products), tuple(prices), tuple(doubtful))
