"""The Price List API: GetProducts with its filters and pages, DescribeServices, GetAttributeValues.

Documents have the form `aws_v1` of AWS's own answers: each product is JSON in a string, with its terms.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from local.services.billing.paging import place_of, token_of
from local.services.billing.products import Offer, offers
from local.services.billing.wire import Refusal, installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local.clock import Clock

SERVICE, TARGET = "pricing", "AWSPriceListService."
FORMAT = "aws_v1"
MOST_RESULTS = 100
ON_DEMAND = "JRTCKXETXF"  # AWS's code of on-demand terms, in every product of every service
Document = dict[str, Any]


@dataclass(frozen=True)
class Pricing:
    clock: Clock

    def get_products(self, asked: Document) -> Document:
        found = [offer for offer in self._of_service(asked) if _fits(offer, asked.get("Filters", []))]
        page, token = _page(found, asked)
        return {"FormatVersion": FORMAT, "PriceList": [self._product(offer) for offer in page], **token}

    def describe_services(self, asked: Document) -> Document:
        names: dict[str, set[str]] = {}
        for offer in offers():
            names.setdefault(offer.kind.service, {"productFamily"}).update(offer.attributes)
        wanted = asked.get("ServiceCode")
        found = [
            {"ServiceCode": service, "AttributeNames": sorted(attributes)}
            for service, attributes in sorted(names.items())
            if wanted in {None, service}
        ]
        page, token = _page(found, asked)
        return {"FormatVersion": FORMAT, "Services": page, **token}

    def get_attribute_values(self, asked: Document) -> Document:
        name = asked.get("AttributeName", "")
        values = {value for offer in self._of_service(asked) if (value := _value(offer, name))}
        page, token = _page([{"Value": value} for value in sorted(values)], asked)
        return {"AttributeValues": page, **token}

    def _of_service(self, asked: Document) -> list[Offer]:
        found = [offer for offer in offers() if offer.kind.service == asked.get("ServiceCode")]
        if not found:
            raise Refusal(
                "InvalidParameterException", f"The service code {asked.get('ServiceCode')} is invalid"
            )
        return found

    def _product(self, offer: Offer) -> str:
        sku = _code(offer.usage_type, offer.kind.item, 16)
        term, rate = f"{sku}.{ON_DEMAND}", f"{sku}.{ON_DEMAND}.{_code(sku, offer.kind.unit, 10)}"
        published = datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y-%m-%dT00:00:00Z")
        usd = f"{offer.usd:.10f}"
        dimension = {
            "unit": offer.kind.unit,
            "beginRange": "0",
            "endRange": "Inf",
            "description": f"${offer.usd.normalize():f} per {offer.kind.unit} for {offer.usage_type}",
            "appliesTo": [],
            "rateCode": rate,
            "pricePerUnit": {"USD": usd},
        }
        product = {"attributes": {**offer.attributes, "operation": ""}, "sku": sku}
        if offer.kind.family:
            product["productFamily"] = offer.kind.family
        return json.dumps(
            {
                "product": product,
                "serviceCode": offer.kind.service,
                "terms": {
                    "OnDemand": {
                        term: {
                            "priceDimensions": {rate: dimension},
                            "sku": sku,
                            "effectiveDate": published,
                            "offerTermCode": ON_DEMAND,
                            "termAttributes": {},
                        }
                    }
                },
                "version": published.replace("-", "").replace(":", "").rstrip("Z").replace("T", ""),
                "publicationDate": published,
            }
        )


def _fits(offer: Offer, filters: Iterable[Document]) -> bool:
    return all(MATCHES[one["Type"]](_value(offer, one["Field"]), one["Value"]) for one in filters)


MATCHES: dict[str, Callable[[str, str], bool]] = {
    "TERM_MATCH": lambda value, wanted: value == wanted,
    "EQUALS": lambda value, wanted: value == wanted,
    "CONTAINS": lambda value, wanted: wanted in value,
    "ANY_OF": lambda value, wanted: value in wanted.split(","),
    "NONE_OF": lambda value, wanted: value not in wanted.split(","),
}


def _value(offer: Offer, name: str) -> str:
    return offer.kind.family if name == "productFamily" else offer.attributes.get(name, "")


def _page(found: list[Any], asked: Document) -> tuple[list[Any], Document]:
    most = int(asked.get("MaxResults", MOST_RESULTS))
    if not 1 <= most <= MOST_RESULTS:
        raise Refusal("InvalidParameterException", f"MaxResults must be from 1 to {MOST_RESULTS}")
    start = place_of(asked.get("NextToken"))
    rest = found[start:]
    more = {"NextToken": token_of(start + most)} if len(rest) > most else {}
    return rest[:most], more


def _code(*parts: Any) -> str:
    *words, length = parts
    digest = hashlib.sha256(" ".join(str(word) for word in words).encode()).digest()
    return base64.b32encode(digest).decode()[:length]


def install(clock: Clock) -> None:
    pricing = Pricing(clock)
    operations = {
        "GetProducts": pricing.get_products,
        "DescribeServices": pricing.describe_services,
        "GetAttributeValues": pricing.get_attribute_values,
    }
    installed(SERVICE, TARGET, operations)
