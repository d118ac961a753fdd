"""The database, as RDS sees it."""

from __future__ import annotations

from datetime import UTC, datetime

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.refusals import refused
from stargate.domain.drills.deeds import DatabaseFacts
from stargate.domain.drills.platform import PlatformEvent


def database(region: str, identifier: str) -> tuple[str, bool]:
    try:
        answer = client("rds", region).describe_db_instances(DBInstanceIdentifier=identifier)
    except ClientError as error:
        if code_of(error).startswith("DBInstanceNotFound"):
            return "absent", False
        raise
    instance = answer["DBInstances"][0]
    return instance["DBInstanceStatus"], bool(instance.get("MultiAZ"))


def databases(region: str) -> int:
    pages = client("rds", region).get_paginator("describe_db_instances").paginate()
    return sum(len(page["DBInstances"]) for page in pages)


class RdsDatabases:
    def describe(self, region: str, identifier: str) -> DatabaseFacts | None:
        try:
            answer = client("rds", region).describe_db_instances(DBInstanceIdentifier=identifier)
        except ClientError as error:
            if code_of(error).startswith("DBInstanceNotFound"):
                return None
            raise
        instance = answer["DBInstances"][0]
        return DatabaseFacts(
            instance["DBInstanceStatus"],
            bool(instance.get("MultiAZ")),
            instance.get("AvailabilityZone", ""),
            instance.get("SecondaryAvailabilityZone", ""),
            int(instance.get("BackupRetentionPeriod", 0)),
            _moment(instance.get("LatestRestorableTime")),
            " ".join((instance["Engine"], instance["EngineVersion"], "on", instance["DBInstanceClass"])),
        )

    def fail_over(self, region: str, identifier: str) -> None:
        with refused("RebootDBInstance"):
            client("rds", region).reboot_db_instance(DBInstanceIdentifier=identifier, ForceFailover=True)

    def events(self, region: str, identifier: str, since: float) -> list[PlatformEvent]:
        answer = client("rds", region).describe_events(
            SourceIdentifier=identifier,
            SourceType="db-instance",
            StartTime=datetime.fromtimestamp(since, UTC),
        )
        return [PlatformEvent(event["Date"].timestamp(), event["Message"]) for event in answer["Events"]]


def _moment(told: datetime | None) -> float | None:
    return None if told is None else told.timestamp()
