"""Which secrets the account has under some names. No value is ever asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client, tags_of
from stargate.domain.gateway.tags import ENVIRONMENT_TAG
from stargate.domain.provisioning.returning import AccountSecret

if TYPE_CHECKING:
    from collections.abc import Iterator


def listed(region: str, prefix: str) -> Iterator[dict[str, Any]]:
    """What is told of each whose name begins so, also of those that only wait to be deleted."""
    pages = client("secretsmanager", region).get_paginator("list_secrets")
    asked = {"IncludePlannedDeletion": True, "Filters": [{"Key": "name", "Values": [prefix]}]}
    for page in pages.paginate(**asked):
        # The filter takes beginnings as they are written; what is deleted by this list does not rest on it.
        yield from (secret for secret in page["SecretList"] if secret["Name"].startswith(prefix))


def named(region: str, prefix: str) -> list[AccountSecret]:
    return [
        AccountSecret(
            secret["Name"],
            secret["ARN"],
            tags_of(secret.get("Tags", [])).get(ENVIRONMENT_TAG, ""),
            "DeletedDate" in secret,
        )
        for secret in listed(region, prefix)
    ]
