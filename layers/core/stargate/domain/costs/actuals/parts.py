"""The parts that costs are told by: where what was metered and what was billed meet.

A metered line belongs to the part of its price's item, a billed one to that of its usage type. What no part
claims is told under its own name and never left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from stargate.domain.costs.catalogue import CATALOGUE, MODEL_NAMES, TOKEN_USAGE, bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.costs.actuals.metering import Metered

TASKS, DATABASE, NETWORK, EDGE = "tasks", "database", "network", "edge"
STORAGE, WATCHING, TOKENS, OTHER = "storage and secrets", "watching", "tokens", "other"
CONTROL_PLANE = "control plane"  # a group, a part of it, and the stack of its lines
GROUPS = (TASKS, DATABASE, NETWORK, EDGE, STORAGE, WATCHING, TOKENS, OTHER, CONTROL_PLANE)
UNIT = {listed.item: listed.units for listed in CATALOGUE} | {"bot_control_requests": Decimal(1_000_000)}


@dataclass(frozen=True)
class Part:
    """`items` is a pattern of price items, `usage` of usage types without regions, `service` of services.

    `steady` parts are paid by the hour whatever happens: a bill that has them all has come whole.
    """

    name: str
    group: str
    items: str
    usage: str
    service: str = ".*"
    steady: bool = False


_CLOUDWATCH, _FILES = "Amazon ?CloudWatch", "Amazon Elastic File System"
_REGISTRY = "Amazon EC2 Container Registry.*"
PARTS: tuple[Part, ...] = (
    Part("task vCPU", TASKS, r"fargate_(spot_)?vcpu_.*", r"(SpotUsage-)?Fargate-(ARM-)?vCPU-Hours.*"),
    Part("task memory", TASKS, r"fargate_(spot_)?gb_.*", r"(SpotUsage-)?Fargate-(ARM-)?GB-Hours.*"),
    Part("database", DATABASE, r"db\..*", r"(InstanceUsage|Multi-AZUsage):db\..*"),
    Part("database storage", DATABASE, r"database_storage_.*", r"RDS:(Multi-AZ-)?GP3-Storage", steady=True),
    Part("database backups", DATABASE, "database_backup", "RDS:ChargedBackupUsage"),
    Part(
        "NAT", NETWORK, r"nat_gateway|t3\.nano", r"(Regional)?NatGateway-Hours|BoxUsage:t3\.nano", steady=True
    ),
    Part("NAT data", NETWORK, "nat_gateway_data", r"(Regional)?NatGateway-Bytes"),
    Part("disks", NETWORK, "disk_gp3", r"EBS:VolumeUsage\.gp3"),
    Part("balancer", NETWORK, "balancer", "LoadBalancerUsage", steady=True),
    Part("balancer load", NETWORK, "balancer_lcu", "LCUUsage"),
    Part("public addresses", NETWORK, "public_address", r"PublicIPv4:.*", steady=True),
    Part("transfer between zones", NETWORK, "zone_transfer", "DataTransfer-Regional-Bytes"),
    Part("private DNS zone", NETWORK, "private_zone", "HostedZone"),
    Part("CloudFront requests", EDGE, "cdn_requests", r"([A-Z]{2}-)?Requests-.*", "Amazon CloudFront"),
    Part(
        "CloudFront transfer",
        EDGE,
        r"cdn_(out|to_origin)",
        r"([A-Z]{2}-)?DataTransfer-.*",
        "Amazon CloudFront",
    ),
    Part("firewall requests", EDGE, r"(firewall|bot_control)_requests", r".*Request.*", "AWS WAF"),
    Part("firewall", EDGE, r"firewall(_rule)?|bot_control", r".*", "AWS WAF"),
    Part("file storage", STORAGE, "file_storage", r"TimedStorage-.*", _FILES),
    Part("file throughput", STORAGE, r"file_(read|write)", r"ETDataAccess-Bytes", _FILES),
    Part("file backup", STORAGE, "file_backup", r"WarmStorage-ByteHrs-EFS"),
    Part("image storage", STORAGE, "image_storage", "TimedStorage-ByteHrs", _REGISTRY),
    Part("secrets", STORAGE, "secret", "AWSSecretsManager-Secrets", steady=True),
    Part("calls for secrets", STORAGE, "secret_calls", "AWSSecretsManagerAPIRequest"),
    Part("alarms", WATCHING, "alarm_metric", "CW:AlarmMonitorUsage", steady=True),
    Part("metrics", WATCHING, "custom_metric", "CW:MetricMonitorUsage"),
    Part("log ingestion", WATCHING, "log_ingest", "(VendedLog|DataProcessing)-Bytes", _CLOUDWATCH),
    Part("log storage", WATCHING, "log_storage", "TimedStorage-ByteHrs", _CLOUDWATCH),
    Part("observer", WATCHING, r"function_.*", r".*(Request|GB-Second).*", "AWS Lambda"),
    *(
        Part(
            f"{model} {part.replace('_', ' ')}",
            TOKENS,
            f"{model}_{part}",
            re.escape(usage).replace(r"\-Units", r"(_[A-Za-z]+)?\-Units"),
            re.escape(MODEL_NAMES[model]) + " .*",
        )
        for model in MODEL_NAMES
        for part, usage in TOKEN_USAGE.items()
    ),
)
BY_NAME = {part.name: part for part in PARTS}


@cache
def part_of_item(item: str) -> str:
    """KeyError for an item that belongs to none: a test holds that there is no such item."""
    found = next((part.name for part in PARTS if re.fullmatch(part.items, item)), None)
    if found is None:
        raise KeyError(item)
    return found


def part_of_line(line: Metered) -> str:
    return CONTROL_PLANE if line.stack == CONTROL_PLANE else part_of_item(line.item)


@cache
def part_of_usage(service: str, usage_type: str) -> str:
    """The part, or the usage type's own name with its service where no part claims it."""
    usage = bare(usage_type)
    for part in PARTS:
        if re.fullmatch(part.usage, usage) and re.fullmatch(part.service, service):
            return part.name
    return f"{service}: {usage or 'without a usage type'}"


def group_of(part: str) -> str:
    if part in BY_NAME:
        return BY_NAME[part].group
    if part == CONTROL_PLANE:
        return CONTROL_PLANE
    return TOKENS if "Amazon Bedrock" in part else OTHER


def in_aws_units(item: str, quantity: Decimal) -> Decimal:
    """As a bill counts it: single requests, where a price is for ten thousand."""
    return quantity * UNIT.get(item, Decimal(1))


def steady_parts() -> Iterator[str]:
    return (part.name for part in PARTS if part.steady)
