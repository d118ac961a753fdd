"""Which secrets' names are taken. No value is ever asked for."""

from __future__ import annotations

from stargate.adapters.aws import client


def taken_names(region: str, prefix: str) -> dict[str, bool]:
    """{name: whether it is only waiting to be deleted} of all secrets whose names begin so."""
    pages = client("secretsmanager", region).get_paginator("list_secrets")
    asked = {"IncludePlannedDeletion": True, "Filters": [{"Key": "name", "Values": [prefix]}]}
    return {
        secret["Name"]: "DeletedDate" in secret
        for page in pages.paginate(**asked)
        for secret in page["SecretList"]
        if secret["Name"].startswith(prefix)  # the filter ignores case and takes parts of names
    }
