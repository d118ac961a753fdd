"""The tagging API and the conditions of rights see every type that a gateway's stacks tag.

MiniStack's forget several services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import (
    alb,
    bedrock,
    cloudwatch,
    cloudwatch_logs,
    ec2,
    rds,
    servicediscovery,
    tagging,
    waf,
)

Tags = list[dict[str, str]]
Collector = Callable[[], Iterator[tuple[str, Tags]]]

EC2_TYPES = {
    "eipalloc": "elastic-ip",
    "i": "instance",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "subnet": "subnet",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}


def of_ec2() -> Iterator[tuple[str, Tags]]:
    for name, tags in list(ec2._tags.items()):
        kind = EC2_TYPES.get(name.split("-", 1)[0])
        if kind:
            yield f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{name}", tags


def here(entries: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Those whose ARN is in the region that is asked."""
    return ((arn, tags) for arn, tags in list(entries) if arn.split(":")[3] == get_region())


def of_balancing() -> Iterator[tuple[str, Tags]]:
    return here(alb._tags.items())


def of_waf() -> Iterator[tuple[str, Tags]]:
    return here(waf._waf_tags.items())


def of_alarms() -> Iterator[tuple[str, Tags]]:
    return ((arn, as_list(tags)) for arn, tags in here(cloudwatch._resource_tags.items()))


def of_bedrock() -> Iterator[tuple[str, Tags]]:
    return ((arn, as_list(tags)) for arn, tags in here(bedrock._tags.items()))


def of_discovery() -> Iterator[tuple[str, Tags]]:
    return here(servicediscovery._resource_tags.items())


def of_databases() -> Iterator[tuple[str, Tags]]:
    for instance in list(rds._instances.values()):
        yield instance["DBInstanceArn"], instance.get("TagList", [])
    yield from here(rds._tags.items())


def of_logs() -> Iterator[tuple[str, Tags]]:
    for name, group in list(cloudwatch_logs._log_groups.items()):
        arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{name}"
        yield arn, as_list(group.get("tags", {}))


def as_list(tags: Any) -> Tags:
    if isinstance(tags, dict):
        return [{"Key": key, "Value": value} for key, value in tags.items()]
    return list(tags or [])


COLLECTORS: dict[str, Collector] = {
    "bedrock": of_bedrock,
    "cloudwatch": of_alarms,
    "ec2": of_ec2,
    "elasticloadbalancing": of_balancing,
    "logs": of_logs,
    "rds": of_databases,
    "secretsmanager": tagging._collect_secretsmanager,
    "servicediscovery": of_discovery,
    "wafv2": of_waf,
}


def install() -> None:
    tagging._COLLECTORS.update(COLLECTORS)
    tagging._RESOURCE_TAG_COLLECTORS.update(COLLECTORS)
