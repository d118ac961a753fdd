"""The prices that were asked of AWS, kept in S3; the committed snapshot where none was, or is not kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.domain.costs.prices import Price
from stargate.domain.costs.snapshot import SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stargate.domain.costs.prices import PriceBook

KEY = "prices/price-list.json"


@dataclass(frozen=True)
class StoredPrices:
    bucket: str

    def book(self) -> PriceBook:
        return SNAPSHOT.with_newer(self.listed())

    def listed(self) -> list[Price]:
        try:
            answer = client("s3").get_object(Bucket=self.bucket, Key=KEY)
        except ClientError as error:
            if code_of(error) in {"NoSuchKey", "404"}:
                return []
            raise
        return [_price(one) for one in json.loads(answer["Body"].read())["prices"]]

    def keep(self, prices: Iterable[Price]) -> None:
        document = {"prices": [_document(price) for price in prices]}
        body = json.dumps(document, indent=1).encode()
        client("s3").put_object(Bucket=self.bucket, Key=KEY, Body=body, ContentType="application/json")


def _document(price: Price) -> dict[str, Any]:
    return {
        "item": price.item,
        "region": price.region,
        "unit": price.unit,
        "usd": f"{price.usd:f}",
        "source": price.source,
        "as_of": price.as_of.isoformat(),
    }


def _price(document: dict[str, Any]) -> Price:
    return Price(
        document["item"],
        document["region"],
        document["unit"],
        Decimal(document["usd"]),
        document["source"],
        date.fromisoformat(document["as_of"]),
    )
