"""What outlives an environment's stacks: secrets that CloudFormation leaves, snapshots, late logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.provisioning import cloudwatch_logs, secretsmanager
from stargate.domain.gateway.service_logs import service_log_prefixes
from stargate.domain.gateway.tags import ENVIRONMENT_TAG, ID_TAG
from stargate.domain.life.ends import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator


class AwsRemains:
    def of(self, region: str, name: str, environment_id: str) -> list[Kept]:
        return [*_secrets(region, name, environment_id), *_snapshots(region, name, environment_id)]

    def secrets(self, region: str, name: str, environment_id: str) -> list[Kept]:
        return list(_secrets(region, name, environment_id))

    def schedule_secret(self, secret: Kept, days: int) -> None:
        _manager(secret).delete_secret(SecretId=secret.arn, RecoveryWindowInDays=days)

    def erase_secret(self, secret: Kept) -> None:
        _manager(secret).delete_secret(SecretId=secret.arn, ForceDeleteWithoutRecovery=True)

    def delete_snapshot(self, snapshot: Kept) -> None:
        try:
            client("rds", snapshot.region).delete_db_snapshot(DBSnapshotIdentifier=snapshot.name)
        except ClientError as error:
            if not code_of(error).startswith("DBSnapshotNotFound"):
                raise

    def delete_late_logs(self, region: str, name: str) -> list[str]:
        found = list(cloudwatch_logs.groups(region, service_log_prefixes(name)))
        for group in found:
            cloudwatch_logs.delete(region, group)
        return found


def _manager(secret: Kept) -> Any:
    return client("secretsmanager", secret.region)


def _secrets(region: str, name: str, environment_id: str) -> Iterator[Kept]:
    for secret in secretsmanager.listed(region, f"stargate-{name}/"):
        if _is_of(secret, name, environment_id):
            deleted = secret.get("DeletedDate")
            until = deleted.timestamp() if deleted else None
            yield Kept("secret", secret["Name"], secret["ARN"], region, until)


def _is_of(secret: dict[str, Any], name: str, environment_id: str) -> bool:
    """An earlier environment may have had the name: what of it is in its window stays as it is.

    What was restored for this one goes with it, also where there was no time to give it this one's tags.
    """
    tags = secret.get("Tags", [])
    restored = "DeletedDate" not in secret and {"Key": ENVIRONMENT_TAG, "Value": name} in tags
    return restored or _is_ours(tags, environment_id)


def _snapshots(region: str, name: str, environment_id: str) -> Iterator[Kept]:
    """Those made by us or for us; RDS's own automated ones go with the database."""
    pages = client("rds", region).get_paginator("describe_db_snapshots")
    for page in pages.paginate(DBInstanceIdentifier=f"stargate-{name}", SnapshotType="manual"):
        for snapshot in page["DBSnapshots"]:
            if _is_ours(snapshot.get("TagList", []), environment_id):
                identifier, arn = snapshot["DBSnapshotIdentifier"], snapshot["DBSnapshotArn"]
                yield Kept("snapshot", identifier, arn, region, size_gb=snapshot["AllocatedStorage"])


def _is_ours(tags: list[dict[str, str]], environment_id: str) -> bool:
    return {"Key": ID_TAG, "Value": environment_id} in tags
