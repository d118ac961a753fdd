"""A database restored beside the gateway's own: made and deleted by RDS, read by a one-off task on ECS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of, listed_tags, message_of, tags_of
from stargate.adapters.gateway.ecs import EcsTasks
from stargate.adapters.refusals import named, refused
from stargate.domain.drills.restoring import DELETING, Side
from stargate.domain.provisioning.events import STARTED_BY
from stargate.errors import ActionRefusedError, ConflictError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.provisioning.moves import ObservedTask


class RdsRehearsals:
    def restore(self, region: str, source: str, side: str, tags: Mapping[str, str]) -> None:
        """In one zone, which is quicker; in the network and with the parameters of the source.

        One that stands already is taken for an earlier try's only if it has these tags: what another
        drill has left is no restore of this one.
        """
        rds = client("rds", region)
        found: dict[str, Any] = rds.describe_db_instances(DBInstanceIdentifier=source)["DBInstances"][0]
        try:
            with refused("RestoreDBInstanceToPointInTime"):
                rds.restore_db_instance_to_point_in_time(
                    SourceDBInstanceIdentifier=source,
                    TargetDBInstanceIdentifier=side,
                    UseLatestRestorableTime=True,
                    DBInstanceClass=found["DBInstanceClass"],
                    DBSubnetGroupName=found["DBSubnetGroup"]["DBSubnetGroupName"],
                    DBParameterGroupName=found["DBParameterGroups"][0]["DBParameterGroupName"],
                    VpcSecurityGroupIds=[one["VpcSecurityGroupId"] for one in found["VpcSecurityGroups"]],
                    MultiAZ=False,
                    PubliclyAccessible=False,
                    DeletionProtection=False,
                    Tags=listed_tags(tags),
                )
        except ActionRefusedError as error:
            if "already exists" not in str(error) or not _has(region, side, tags):
                raise

    def describe(self, region: str, side: str) -> Side | None:
        try:
            with named("DescribeDBInstances"):
                answer = client("rds", region).describe_db_instances(DBInstanceIdentifier=side)
        except ClientError as error:
            if code_of(error).startswith("DBInstanceNotFound"):
                return None
            raise
        instance = answer["DBInstances"][0]
        return Side(instance["DBInstanceStatus"], instance.get("Endpoint", {}).get("Address", ""))

    def delete(self, region: str, side: str) -> None:
        found = self.describe(region, side)
        if found is None or found.status == DELETING:
            return
        try:
            with named("DeleteDBInstance"):
                client("rds", region).delete_db_instance(
                    DBInstanceIdentifier=side, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
                )
        except ClientError as error:
            if code_of(error) in {"InvalidDBInstanceState", "InvalidDBInstanceStateFault"}:
                raise ConflictError(f"{side} is {found.status}: {message_of(error)}") from error
            raise

    def check(
        self, region: str, cluster: str, network: Mapping[str, str], address: str, marked_at: str, token: str
    ) -> str:
        asked = {"PGHOST": address, "MARKED_AT": marked_at}
        environment = [{"name": name, "value": value} for name, value in asked.items()]
        return EcsTasks().start(
            region,
            cluster,
            f"{cluster}-check-restore",
            network.get("PrivateSubnetIds", "").split(","),
            network.get("PrepareSecurityGroupId", ""),
            f"{STARTED_BY}{token}"[:36],
            token,
            [{"name": "check", "environment": environment}],
        )

    def checked(self, region: str, cluster: str, task_arn: str) -> ObservedTask | None:
        return EcsTasks().describe(region, cluster, task_arn)


def _has(region: str, side: str, tags: Mapping[str, str]) -> bool:
    with named("DescribeDBInstances"):
        answer = client("rds", region).describe_db_instances(DBInstanceIdentifier=side)
    return tags.items() <= tags_of(answer["DBInstances"][0].get("TagList", [])).items()
