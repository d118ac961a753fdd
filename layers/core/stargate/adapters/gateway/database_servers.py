"""The database as something that can be given another class, or another place."""

from __future__ import annotations

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.gateway.rds import RdsDatabases
from stargate.adapters.refusals import named, refused
from stargate.domain.operating.facts import DatabaseServer


class RdsServers:
    def describe(self, region: str, identifier: str) -> DatabaseServer | None:
        try:
            with named("DescribeDBInstances"):
                answer = client("rds", region).describe_db_instances(DBInstanceIdentifier=identifier)
        except ClientError as error:
            if code_of(error).startswith("DBInstanceNotFound"):
                return None
            raise
        instance = answer["DBInstances"][0]
        return DatabaseServer(
            status=instance["DBInstanceStatus"],
            instance_class=instance["DBInstanceClass"],
            multi_az=bool(instance.get("MultiAZ")),
            zone=instance.get("AvailabilityZone", ""),
            standby_zone=instance.get("SecondaryAvailabilityZone", ""),
            pending_class=instance.get("PendingModifiedValues", {}).get("DBInstanceClass", ""),
        )

    def change_class(self, region: str, identifier: str, instance_class: str) -> None:
        with refused("ModifyDBInstance"):
            client("rds", region).modify_db_instance(
                DBInstanceIdentifier=identifier, DBInstanceClass=instance_class, ApplyImmediately=True
            )

    def fail_over(self, region: str, identifier: str) -> None:
        RdsDatabases().fail_over(region, identifier)
