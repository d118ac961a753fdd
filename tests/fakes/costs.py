"""What things cost, in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.errors import AwsThrottledError


@dataclass
class FakePrices:
    """The committed snapshot, and over it what was kept."""

    kept: list = field(default_factory=list)

    def book(self):
        return SNAPSHOT.with_newer(self.kept)

    def listed(self):
        return list(self.kept)

    def keep(self, prices):
        self.kept = list(prices)


@dataclass
class FakePriceList:
    """The documents that the test gives, by service; `busy` ones are throttled, `broken` answer no JSON."""

    documents: dict = field(default_factory=dict)
    busy: tuple = ()
    broken: tuple = ()
    asked: list = field(default_factory=list)

    def products(self, query):
        self.asked.append(query)
        if query.service in self.busy:
            raise AwsThrottledError("GetProducts: slow down")
        if query.service in self.broken:
            yield "<html>"
        for text in self.documents.get(query.service, ()):
            product = json.loads(text).get("product", {})
            told = {"productFamily": product.get("productFamily"), **product.get("attributes", {})}
            if all(told.get(name) == value for name, value in query.attributes):
                yield text
