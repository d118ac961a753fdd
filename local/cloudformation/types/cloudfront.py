"""Distributions are InProgress until every edge has them."""

from __future__ import annotations

from typing import Any

from ministack.services import cloudfront
from ministack.services.cloudformation import provisioners


def create_distribution(
    logical_id: str, properties: dict[str, Any], stack_name: str
) -> tuple[str, dict[str, Any]]:
    name, attributes = provisioners._cf_distribution_create(logical_id, properties, stack_name)
    cloudfront._distributions[name]["Status"] = "InProgress"
    return name, attributes


def distribution_stands(name: str) -> None:
    cloudfront._distributions[name]["Status"] = "Deployed"


HANDLERS = {
    "AWS::CloudFront::Distribution": {"create": create_distribution, "stands": distribution_stands},
}
TAGGED = ()
