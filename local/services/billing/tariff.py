"""What a unit of use costs here, and how a bill names it: usage types of the list, services of the bill."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from local.services.billing.book import Charge, day_of
from local.services.billing.products import ANYWHERE, KINDS, REGIONS, Kind, usage_type
from stargate.domain.costs.prices import EVERYWHERE
from stargate.domain.costs.snapshot import SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.services.billing.book import Book

# Of services by their codes in the price list. A product of EC2 that is no instance is "EC2 - Other".
SERVICES = {
    "AmazonECS": "Amazon Elastic Container Service",
    "AmazonRDS": "Amazon Relational Database Service",
    "AmazonEFS": "Amazon Elastic File System",
    "AWSBackup": "AWS Backup",
    "AmazonEC2": "EC2 - Other",
    "AWSELB": "Amazon Elastic Load Balancing",
    "AmazonVPC": "Amazon Virtual Private Cloud",
    "AmazonECR": "Amazon EC2 Container Registry (ECR)",
    "AWSDataTransfer": "EC2 - Other",
    "AWSSecretsManager": "AWS Secrets Manager",
    "AmazonCloudWatch": "AmazonCloudWatch",
    "AWSLambda": "AWS Lambda",
    "AmazonCloudFront": "Amazon CloudFront",
    "awswaf": "AWS WAF",
    "AmazonRoute53": "Amazon Route 53",
}
INSTANCES = "Amazon Elastic Compute Cloud - Compute"
# Billed, and in no price list, or not found in one.
UNLISTED = (
    *(
        Kind(
            f"fargate_spot_{what}_{architecture}",
            "AmazonECS",
            "Compute",
            f"SpotUsage-Fargate-{usage}",
            "hours",
        )
        for architecture, mark in (("x86_64", ""), ("arm64", "ARM-"))
        for what, usage in (("vcpu", f"{mark}vCPU-Hours:perCPU"), ("gb", f"{mark}GB-Hours"))
    ),
)
UNLISTED_ANYWHERE = (
    Kind("bot_control", "awswaf", "", "Global-AMR-BotControl", "Month"),
    Kind("bot_control_requests", "awswaf", "", "Global-AMR-BotControl-Request", "Request", units=1_000_000),
)
OF_REGIONS = {kind.item: kind for kind in (*KINDS, *UNLISTED)}
OF_ALL = {kind.item: kind for kind in (*ANYWHERE, *UNLISTED_ANYWHERE)}
BY_THE_MONTH = frozenset({"GB-Mo", "Secrets", "Alarms", "Metrics", "Month", "HostedZone"})
HOUR = Decimal(3600)


@dataclass(frozen=True)
class Owner:
    """Whose use it is: the tags of what was used, and where that is."""

    account: str
    region: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Tariff:
    book: Book

    def use(self, since: float, until: float, owner: Owner, item: str, units: Decimal) -> None:
        """So many of the price list's units were used in all: vCPU-hours, requests, GB."""
        kind, region = kind_of(item, owner.region)
        usd = units * SNAPSHOT.of(item, region).usd / kind.units
        self.book.charge(since, until, _charge(kind, owner, region), units, usd)

    def stood(self, since: float, until: float, owner: Owner, item: str, count: Decimal = Decimal(1)) -> None:
        """So many stood all the time: AWS counts hours, or their part of a month."""
        kind, _ = kind_of(item, owner.region)
        hours = Decimal(repr(until - since)) / HOUR * count
        self.use(
            since, until, owner, item, hours / hours_of_month(since) if kind.unit in BY_THE_MONTH else hours
        )


@cache
def kind_of(item: str, region: str) -> tuple[Kind, str]:
    """The product, and the region of its price; KeyError for what is not in the list."""
    if item in OF_ALL:
        return OF_ALL[item], EVERYWHERE
    if region not in REGIONS:
        raise KeyError(f"nothing is sold in {region} here")
    return OF_REGIONS[item], region


def service_of(kind: Kind) -> str:
    """As Cost Explorer calls it: a model is a service of its own."""
    if "servicename" in kind.attributes:
        return kind.attributes["servicename"]
    return INSTANCES if kind.usage.startswith("BoxUsage") else SERVICES[kind.service]


def _charge(kind: Kind, owner: Owner, region: str) -> Charge:
    tags = tuple(sorted(owner.tags.items()))
    return Charge(service_of(kind), usage_type(kind, region), region, owner.account, kind.unit, tags=tags)


def hours_of_month(at: float) -> Decimal:
    day = day_of(at)
    return Decimal(24 * monthrange(day.year, day.month)[1])
