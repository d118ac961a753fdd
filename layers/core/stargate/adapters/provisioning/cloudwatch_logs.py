"""CloudWatch Logs: groups by how their names begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def groups(region: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    pages = client("logs", region).get_paginator("describe_log_groups")
    for prefix in prefixes:
        for page in pages.paginate(logGroupNamePrefix=prefix):
            yield from (group["logGroupName"] for group in page["logGroups"])


def delete(region: str, group: str) -> None:
    """One that is gone is no error."""
    try:
        client("logs", region).delete_log_group(logGroupName=group)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
