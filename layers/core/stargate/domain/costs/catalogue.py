"""What AWS calls the items of our price book: in its price list, and in its bills.

A usage type bears a region's prefix in most regions and for most services (`USW1-NatGateway-Hours`), and none
in some (`NatGateway-Hours` in us-east-1); names here are without it. Names and services are those that public
programs ask for and that public bills show, 2024 to 2026; none was asked of AWS here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION_PREFIX = re.compile(r"^(?:[A-Z]{3,4}\d|EU)-")
MARKETPLACE_REGION = re.compile(r"^MP:[A-Z0-9]+_")
HOME, ANYWHERE = "region", "anywhere"


@dataclass(frozen=True)
class Listed:
    """How an item is found in the price list.

    `asked` are the attributes that GetProducts is asked by, beside the region's where `place` is the region;
    `told` those that a product must have besides, to be no other of the same usage type. `units` of AWS's
    are one of ours.
    """

    item: str
    service: str
    usage: str
    place: str = HOME
    units: Decimal = Decimal(1)
    asked: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def bare(usage_type: str) -> str:
    """The usage type without the prefix of its region, and without the region that a marketplace adds."""
    return MARKETPLACE_REGION.sub("MP:", REGION_PREFIX.sub("", usage_type))


_ENGINES = ("PostgreSQL", "Any")
_APPLICATION = {"productFamily": "Load Balancer-Application"}
_THOUSANDS, _MILLION = Decimal(10_000), Decimal(1_000_000)
DATABASE_CLASSES = (
    *(f"db.t4g.{size}" for size in ("micro", "small", "medium", "large")),
    "db.m6g.large",
    *(f"db.r6g.{size}" for size in ("large", "xlarge", "2xlarge")),
)
MODEL_NAMES = {"haiku": "Claude Haiku 4.5", "sonnet": "Claude Sonnet 4.5", "opus": "Claude Opus 4.5"}
TOKEN_USAGE = {
    "input": "MP:InputTokenCount-Units",
    "output": "MP:OutputTokenCount-Units",
    "cache_read": "MP:CacheReadInputTokenCount-Units",
    "cache_write": "MP:CacheWriteInputTokenCount-Units",
}


def _databases() -> tuple[Listed, ...]:
    zones = {"single": ("Single-AZ", "InstanceUsage"), "multi": ("Multi-AZ", "Multi-AZUsage")}
    return tuple(
        Listed(
            f"{kind}_{name}",
            "AmazonRDS",
            f"{usage}:{kind}",
            asked={"instanceType": kind, "deploymentOption": option, "databaseEngine": "PostgreSQL"},
        )
        for kind in DATABASE_CLASSES
        for name, (option, usage) in zones.items()
    )


def _tokens() -> tuple[Listed, ...]:
    """The price of AWS's unit is that of a million tokens, by a profile that stays in its geography."""
    return tuple(
        Listed(
            f"{model}_{part}",
            "AmazonBedrockFoundationModels",
            usage,
            asked={"servicename": service_of(model)},
        )
        for model in MODEL_NAMES
        for part, usage in TOKEN_USAGE.items()
    )


def service_of(model: str) -> str:
    """Bedrock sells models of others as a service of their own each."""
    return f"{MODEL_NAMES[model]} (Amazon Bedrock Edition)"


CATALOGUE: tuple[Listed, ...] = (
    Listed("fargate_vcpu_x86_64", "AmazonECS", "Fargate-vCPU-Hours:perCPU"),
    Listed("fargate_gb_x86_64", "AmazonECS", "Fargate-GB-Hours"),
    Listed("fargate_vcpu_arm64", "AmazonECS", "Fargate-ARM-vCPU-Hours:perCPU"),
    Listed("fargate_gb_arm64", "AmazonECS", "Fargate-ARM-GB-Hours"),
    *_databases(),
    Listed(
        "database_storage_single",
        "AmazonRDS",
        "RDS:GP3-Storage",
        asked={"productFamily": "Database Storage", "volumeType": "General Purpose-GP3"},
        told={"databaseEngine": _ENGINES, "deploymentOption": ("Single-AZ",)},
    ),
    Listed(
        "database_storage_multi",
        "AmazonRDS",
        "RDS:Multi-AZ-GP3-Storage",
        asked={"productFamily": "Database Storage", "volumeType": "General Purpose-GP3"},
        told={"databaseEngine": _ENGINES, "deploymentOption": ("Multi-AZ",)},
    ),
    Listed(
        "database_backup",
        "AmazonRDS",
        "RDS:ChargedBackupUsage",
        asked={"productFamily": "Storage Snapshot"},
        told={"databaseEngine": _ENGINES},
    ),
    Listed("file_storage", "AmazonEFS", "TimedStorage-ByteHrs"),
    Listed("file_read", "AmazonEFS", "ETDataAccess-Bytes", told={"accessType": ("Read",)}),
    Listed("file_write", "AmazonEFS", "ETDataAccess-Bytes", told={"accessType": ("Write",)}),
    Listed("file_backup", "AWSBackup", "WarmStorage-ByteHrs-EFS"),
    Listed("nat_gateway", "AmazonEC2", "NatGateway-Hours", asked={"productFamily": "NAT Gateway"}),
    Listed("nat_gateway_data", "AmazonEC2", "NatGateway-Bytes", asked={"productFamily": "NAT Gateway"}),
    Listed(
        "t3.nano",
        "AmazonEC2",
        "BoxUsage:t3.nano",
        asked={
            "instanceType": "t3.nano",
            "operatingSystem": "Linux",
            "tenancy": "Shared",
            "preInstalledSw": "NA",
            "capacitystatus": "Used",
        },
    ),
    Listed(
        "disk_gp3",
        "AmazonEC2",
        "EBS:VolumeUsage.gp3",
        asked={"productFamily": "Storage", "volumeApiName": "gp3"},
    ),
    Listed("balancer", "AWSELB", "LoadBalancerUsage", asked=_APPLICATION),
    Listed("balancer_lcu", "AWSELB", "LCUUsage", asked=_APPLICATION),
    Listed("public_address", "AmazonVPC", "PublicIPv4:InUseAddress", asked={"group": "VPCPublicIPv4Address"}),
    Listed(
        "zone_transfer",
        "AWSDataTransfer",
        "DataTransfer-Regional-Bytes",
        asked={"transferType": "IntraRegion"},
    ),
    Listed("cdn_out", "AmazonCloudFront", "US-DataTransfer-Out-Bytes", ANYWHERE),
    Listed("cdn_to_origin", "AmazonCloudFront", "US-DataTransfer-Out-OBytes", ANYWHERE),
    Listed("cdn_requests", "AmazonCloudFront", "US-Requests-Tier2-HTTPS", ANYWHERE, _THOUSANDS),
    Listed("firewall", "awswaf", "Global-WebACLV2", ANYWHERE),
    Listed("firewall_rule", "awswaf", "Global-RuleV2", ANYWHERE),
    Listed("firewall_requests", "awswaf", "Global-RequestV2-Tier1", ANYWHERE, _MILLION),
    Listed("secret", "AWSSecretsManager", "AWSSecretsManager-Secrets"),
    Listed("secret_calls", "AWSSecretsManager", "AWSSecretsManagerAPIRequest", units=_THOUSANDS),
    Listed("alarm_metric", "AmazonCloudWatch", "CW:AlarmMonitorUsage"),
    Listed("custom_metric", "AmazonCloudWatch", "CW:MetricMonitorUsage"),
    Listed("log_ingest", "AmazonCloudWatch", "DataProcessing-Bytes"),
    Listed("log_storage", "AmazonCloudWatch", "TimedStorage-ByteHrs"),
    Listed("image_storage", "AmazonECR", "TimedStorage-ByteHrs"),
    Listed("private_zone", "AmazonRoute53", "HostedZone", ANYWHERE),
    Listed("function_calls", "AWSLambda", "Request", units=_MILLION),
    Listed("function_seconds", "AWSLambda", "Lambda-GB-Second"),
    *_tokens(),
)
