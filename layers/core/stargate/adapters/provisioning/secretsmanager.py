"""Which secrets the account has under some names. No value is ever asked for."""

from __future__ import annotations

from stargate.adapters.aws import client
from stargate.domain.provisioning.returning import AccountSecret

NAME_TAG = "stargate:environment"


def named(region: str, prefix: str) -> list[AccountSecret]:
    """All whose names begin so, and those that only wait to be deleted."""
    pages = client("secretsmanager", region).get_paginator("list_secrets")
    asked = {"IncludePlannedDeletion": True, "Filters": [{"Key": "name", "Values": [prefix]}]}
    return [
        AccountSecret(
            secret["Name"],
            secret["ARN"],
            {tag["Key"]: tag["Value"] for tag in secret.get("Tags", [])}.get(NAME_TAG, ""),
            "DeletedDate" in secret,
        )
        for page in pages.paginate(**asked)
        for secret in page["SecretList"]
        if secret["Name"].startswith(prefix)  # the filter ignores case and takes parts of names
    ]
