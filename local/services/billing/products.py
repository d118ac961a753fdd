"""AWS's price list as the local cloud has it: products with the attributes that public price lists show.

Amounts are the list prices of the snapshot, so that the account here pays what an estimate reckons with.
Usage types bear the prefix of a region as they do at AWS: some services leave it out in us-east-1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stargate.domain.costs.prices import EVERYWHERE, MissingPriceError
from stargate.domain.costs.snapshot import SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

REGIONS = {"us-east-1": ("USE1", "US East (N. Virginia)"), "us-west-1": ("USW1", "US West (N. California)")}
WITHOUT_PREFIX_IN_THE_EAST = frozenset(
    {"AmazonEC2", "AmazonECR", "AmazonRDS", "AWSELB", "AWSLambda", "AWSDataTransfer", "AmazonCloudWatch"}
)


@dataclass(frozen=True)
class Kind:
    """A product as it is in every region; `units` of AWS's are in one of the snapshot's."""

    item: str
    service: str
    family: str
    usage: str
    unit: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    units: int = 1


@dataclass(frozen=True)
class Offer:
    """A product of one region, or of none."""

    kind: Kind
    region: str
    usage_type: str
    usd: Decimal

    @property
    def attributes(self) -> dict[str, str]:
        """Without the family, which stands beside them in a product's document."""
        told = {"servicecode": self.kind.service, "usagetype": self.usage_type, **self.kind.attributes}
        if self.region != EVERYWHERE:
            told |= {"regionCode": self.region, "location": REGIONS[self.region][1]}
            told |= {"locationType": "AWS Region"}
        return told


_APPLICATION = "Load Balancer-Application"
_STORAGE, _SNAPSHOT = "Database Storage", "Storage Snapshot"
_GP3 = {"volumeType": "General Purpose-GP3", "databaseEngine": "PostgreSQL"}
_T3_NANO = {
    "instanceType": "t3.nano",
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
}
_CLASSES = (
    "t4g.micro",
    "t4g.small",
    "t4g.medium",
    "t4g.large",
    "m6g.large",
    "r6g.large",
    "r6g.xlarge",
    "r6g.2xlarge",
)
_MODELS = {"haiku": "Claude Haiku 4.5", "sonnet": "Claude Sonnet 4.5", "opus": "Claude Opus 4.5"}
_TOKENS = {
    "input": "InputTokenCount",
    "output": "OutputTokenCount",
    "cache_read": "CacheReadInputTokenCount",
    "cache_write": "CacheWriteInputTokenCount",
}

KINDS: tuple[Kind, ...] = (
    Kind("fargate_vcpu_x86_64", "AmazonECS", "Compute", "Fargate-vCPU-Hours:perCPU", "hours"),
    Kind("fargate_gb_x86_64", "AmazonECS", "Compute", "Fargate-GB-Hours", "hours"),
    Kind("fargate_vcpu_arm64", "AmazonECS", "Compute", "Fargate-ARM-vCPU-Hours:perCPU", "hours"),
    Kind("fargate_gb_arm64", "AmazonECS", "Compute", "Fargate-ARM-GB-Hours", "hours"),
    *(
        Kind(
            f"db.{kind}_{name}",
            "AmazonRDS",
            "Database Instance",
            f"{usage}:db.{kind}",
            "Hrs",
            {"instanceType": f"db.{kind}", "databaseEngine": "PostgreSQL", "deploymentOption": option},
        )
        for kind in _CLASSES
        for name, usage, option in (
            ("single", "InstanceUsage", "Single-AZ"),
            ("multi", "Multi-AZUsage", "Multi-AZ"),
        )
    ),
    Kind(
        "database_storage_single",
        "AmazonRDS",
        _STORAGE,
        "RDS:GP3-Storage",
        "GB-Mo",
        {**_GP3, "deploymentOption": "Single-AZ"},
    ),
    Kind(
        "database_storage_multi",
        "AmazonRDS",
        _STORAGE,
        "RDS:Multi-AZ-GP3-Storage",
        "GB-Mo",
        {**_GP3, "deploymentOption": "Multi-AZ"},
    ),
    Kind(
        "database_backup",
        "AmazonRDS",
        _SNAPSHOT,
        "RDS:ChargedBackupUsage",
        "GB-Mo",
        {"databaseEngine": "PostgreSQL"},
    ),
    Kind(
        "file_storage",
        "AmazonEFS",
        "Storage",
        "TimedStorage-ByteHrs",
        "GB-Mo",
        {"storageClass": "General Purpose"},
    ),
    Kind("file_read", "AmazonEFS", "Storage", "ETDataAccess-Bytes", "GB", {"accessType": "Read"}),
    Kind("file_write", "AmazonEFS", "Storage", "ETDataAccess-Bytes", "GB", {"accessType": "Write"}),
    Kind("file_backup", "AWSBackup", "AWS Backup Storage", "WarmStorage-ByteHrs-EFS", "GB-Mo"),
    Kind("nat_gateway", "AmazonEC2", "NAT Gateway", "NatGateway-Hours", "Hrs", {"group": "NGW:NatGateway"}),
    Kind(
        "nat_gateway_data", "AmazonEC2", "NAT Gateway", "NatGateway-Bytes", "GB", {"group": "NGW:NatGateway"}
    ),
    Kind("t3.nano", "AmazonEC2", "Compute Instance", "BoxUsage:t3.nano", "Hrs", _T3_NANO),
    Kind("disk_gp3", "AmazonEC2", "Storage", "EBS:VolumeUsage.gp3", "GB-Mo", {"volumeApiName": "gp3"}),
    Kind("balancer", "AWSELB", _APPLICATION, "LoadBalancerUsage", "Hrs"),
    Kind("balancer_lcu", "AWSELB", _APPLICATION, "LCUUsage", "LCU-Hrs"),
    Kind(
        "public_address", "AmazonVPC", "", "PublicIPv4:InUseAddress", "Hrs", {"group": "VPCPublicIPv4Address"}
    ),
    Kind(
        "zone_transfer",
        "AWSDataTransfer",
        "Data Transfer",
        "DataTransfer-Regional-Bytes",
        "GB",
        {"transferType": "IntraRegion"},
    ),
    Kind("secret", "AWSSecretsManager", "Secret", "AWSSecretsManager-Secrets", "Secrets"),
    Kind(
        "secret_calls",
        "AWSSecretsManager",
        "API Request",
        "AWSSecretsManagerAPIRequest",
        "API Requests",
        units=10_000,
    ),
    Kind("alarm_metric", "AmazonCloudWatch", "Alarm", "CW:AlarmMonitorUsage", "Alarms"),
    Kind("custom_metric", "AmazonCloudWatch", "Metric", "CW:MetricMonitorUsage", "Metrics"),
    Kind("log_ingest", "AmazonCloudWatch", "Data Payload", "DataProcessing-Bytes", "GB"),
    Kind("image_storage", "AmazonECR", "EC2 Container Registry", "TimedStorage-ByteHrs", "GB-Mo"),
    Kind("log_storage", "AmazonCloudWatch", _SNAPSHOT, "TimedStorage-ByteHrs", "GB-Mo"),
    Kind("function_calls", "AWSLambda", "Serverless", "Request", "Requests", units=1_000_000),
    Kind("function_seconds", "AWSLambda", "Serverless", "Lambda-GB-Second", "Lambda-GB-Second"),
    *(
        Kind(
            f"{model}_{part}",
            "AmazonBedrockFoundationModels",
            "",
            f"MP:{{prefix}}_{usage}-Units",
            "Units",
            {"servicename": f"{name} (Amazon Bedrock Edition)"},
        )
        for model, name in _MODELS.items()
        for part, usage in _TOKENS.items()
    ),
)
ANYWHERE: tuple[Kind, ...] = (
    Kind("cdn_out", "AmazonCloudFront", "Data Transfer", "US-DataTransfer-Out-Bytes", "GB"),
    Kind("cdn_to_origin", "AmazonCloudFront", "Data Transfer", "US-DataTransfer-Out-OBytes", "GB"),
    Kind("cdn_requests", "AmazonCloudFront", "Request", "US-Requests-Tier2-HTTPS", "Requests", units=10_000),
    Kind("firewall", "awswaf", "Web Application Firewall", "Global-WebACLV2", "Month"),
    Kind("firewall_rule", "awswaf", "Web Application Firewall", "Global-RuleV2", "Month"),
    Kind(
        "firewall_requests",
        "awswaf",
        "Web Application Firewall",
        "Global-RequestV2-Tier1",
        "Request",
        units=1_000_000,
    ),
    Kind("private_zone", "AmazonRoute53", "DNS Zone", "HostedZone", "HostedZone"),
)


def offers() -> Iterator[Offer]:
    """Every product that the snapshot has a price of."""
    for region in REGIONS:
        for kind in KINDS:
            yield from _offer(kind, region)
    for kind in ANYWHERE:
        yield from _offer(kind, EVERYWHERE)


def usage_type(kind: Kind, region: str) -> str:
    if region == EVERYWHERE:
        return kind.usage
    prefix, _ = REGIONS[region]
    usage = kind.usage.format(prefix=prefix)
    bare = region == "us-east-1" and kind.service in WITHOUT_PREFIX_IN_THE_EAST
    return usage if bare else f"{prefix}-{usage}"


def _offer(kind: Kind, region: str) -> Iterator[Offer]:
    try:
        price = SNAPSHOT.of(kind.item, region)
    except MissingPriceError:
        return
    yield Offer(kind, region, usage_type(kind, region), price.usd / kind.units)
