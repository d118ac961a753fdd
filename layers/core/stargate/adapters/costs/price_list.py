"""AWS's Price List API, which answers in three regions only, for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.adapters.aws import client
from stargate.adapters.refusals import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.costs.price_list import Query

REGION = "us-east-1"  # botocore's endpoints: ap-south-1, eu-central-1, us-east-1
PAGE = 100  # the most that GetProducts gives at once


class AwsPriceList:
    def products(self, query: Query) -> Iterator[str]:
        """Each product's document, as text."""
        filters = [
            {"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in query.attributes
        ]
        pages = (
            client("pricing", REGION)
            .get_paginator("get_products")
            .paginate(
                ServiceCode=query.service,
                Filters=filters,
                FormatVersion="aws_v1",
                PaginationConfig={"PageSize": PAGE},
            )
        )
        with named("GetProducts"):
            for page in pages:
                yield from page["PriceList"]
