"""Distributions are InProgress, and VPC origins Deploying, until every edge has them."""

from __future__ import annotations

import re
import secrets
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import alb, cloudfront
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def create_distribution(logical_id: str, properties: Properties, stack_name: str) -> Created:
    for origin in properties["DistributionConfig"].get("Origins", []):
        name = origin.get("VpcOriginConfig", {}).get("VpcOriginId")
        if name is not None and name not in cloudfront._vpc_origins:
            raise ValueError(f"The specified VPC origin does not exist: {name}")
    name, attributes = provisioners._cf_distribution_create(logical_id, properties, stack_name)
    cloudfront._distributions[name]["Status"] = "InProgress"
    return name, attributes


def distribution_stands(name: str) -> None:
    cloudfront._distributions[name]["Status"] = "Deployed"


def comment_of(domain: str) -> str | None:
    """What the distribution of that domain says of itself, in the account of the request."""
    for distribution in cloudfront._distributions.values():
        if distribution["DomainName"] == domain:
            told = re.search("<Comment>(.*?)</Comment>", distribution["config_xml"])
            return told.group(1) if told else None
    return None


def create_vpc_origin(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    config = properties["VpcOriginEndpointConfig"]
    balancer = alb._lbs.get(config["Arn"])
    if balancer is None:
        raise ValueError(f"The origin {config['Arn']} does not exist")
    if balancer["Scheme"] != "internal":
        raise ValueError("The load balancer of a VPC origin must be internal")
    name = f"vo_{secrets.token_hex(11)}"
    arn = f"arn:aws:cloudfront::{get_account_id()}:vpcorigin/{name}"
    now = cloudfront._now_iso()
    cloudfront._vpc_origins[name] = {
        "Id": name,
        "Arn": arn,
        "AccountId": get_account_id(),
        "Status": "Deploying",
        "CreatedTime": now,
        "LastModifiedTime": now,
        "VpcOriginEndpointConfig": {
            "Name": config["Name"],
            "Arn": config["Arn"],
            "HTTPPort": int(config.get("HTTPPort", 80)),
            "HTTPSPort": int(config.get("HTTPSPort", 443)),
            "OriginProtocolPolicy": config.get("OriginProtocolPolicy", "match-viewer"),
            "OriginSslProtocols": config.get("OriginSSLProtocols", ["TLSv1.2"]),
        },
        "Version": 1,
    }
    cloudfront._tags[arn] = list(properties.get("Tags", []))
    return name, {"Id": name, "Arn": arn}


def vpc_origin_stands(name: str) -> None:
    cloudfront._vpc_origins[name]["Status"] = "Deployed"


def delete_vpc_origin(name: str, _properties: Properties) -> None:
    users = [one for one, it in cloudfront._distributions.items() if f">{name}<" in it["config_xml"]]
    if users:
        raise ValueError(f"The VPC origin {name} is in use by {', '.join(users)}")
    origin = cloudfront._vpc_origins.pop(name, None)
    if origin is not None:
        cloudfront._tags.pop(origin["Arn"], None)


HANDLERS = {
    "AWS::CloudFront::Distribution": {"create": create_distribution, "stands": distribution_stands},
    "AWS::CloudFront::VpcOrigin": {
        "create": create_vpc_origin,
        "stands": vpc_origin_stands,
        "delete": delete_vpc_origin,
    },
}
TAGGED = ("AWS::CloudFront::VpcOrigin",)
