"""Makes boto3 clients: one per service and region, when first used, with short timeouts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from botocore.exceptions import ClientError

# Functions have seconds, not minutes: better a named error and another call than a long silence.
CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 4},
    user_agent_extra="stargate",
)


@cache
def client(service: str, region: str | None = None) -> Any:
    return boto3.client(service, region_name=region, config=CONFIG)  # type: ignore[call-overload]


# For a function whose answer a person waits for: one try, nearly as long as API Gateway waits.
PATIENT = CONFIG.merge(Config(read_timeout=27, retries={"total_max_attempts": 1}))


@cache
def patient_client(service: str) -> Any:
    return boto3.client(service, config=PATIENT)  # type: ignore[call-overload]


@cache
def signing_client(service: str) -> Any:
    """For addresses that others use: signed as every region takes them, newer ones no other."""
    return boto3.client(service, config=CONFIG.merge(Config(signature_version="s3v4")))  # type: ignore[call-overload]


def listed_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """As most of AWS's calls take them."""
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def tags_of(listed: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The values by their names, of a list as most of AWS's calls give it."""
    return {tag["Key"]: tag["Value"] for tag in listed}


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", "")) or str(error)
