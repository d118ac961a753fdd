"""Restores of a database to a point in time, and deletions by RDS's own API: both take their time.

MiniStack knows no RestoreDBInstanceToPointInTime, and deletes at once, whatever an instance is doing.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import rds

from local.services import rds as honest

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.services.later import Later
    from local.services.pace import Pace

# Estimates: AWS says that a restore takes as long as it takes. A new volume from a snapshot, then the logs.
RESTORE_SECONDS, DELETE_SECONDS = 1500.0, 300.0
RESTORED = ("RDS-EVENT-0019", "Restored from DB instance {} to {}.")
DELETABLE = frozenset({"available", "failed", "incompatible-restore", "stopped"})


def restoring(pace: Pace, later: Later) -> Callable[[Any], Any]:
    """RestoreDBInstanceToPointInTime: a copy of the source, in one zone unless told, creating for a while."""

    def restore(parameters: Any) -> Any:
        name, source = (rds._p(parameters, f"{one}DBInstanceIdentifier") for one in ("Target", "Source"))
        instance = rds._resolve_instance(source)
        if instance is None:
            return rds._error("DBInstanceNotFound", f"DBInstance {source} not found.", 404)
        if name in rds._instances:
            return rds._error("DBInstanceAlreadyExists", f"DB instance {name} already exists", 400)
        if not int(instance.get("BackupRetentionPeriod") or 0):
            words = f"Automated backups of {source} are not enabled."
            return rds._error("PointInTimeRestoreNotEnabled", words, 400)
        made = rds._instances[name] = _copy(instance, name, parameters)
        seconds = pace.real_seconds(RESTORE_SECONDS)
        later.call(seconds, _stands, made, instance["DBInstanceIdentifier"])
        response = "RestoreDBInstanceToPointInTime"
        return rds._single_instance_response(f"{response}Response", f"{response}Result", made)

    return restore


def deleting(delete: Callable[[Any], Any], pace: Pace, later: Later) -> Callable[[Any], Any]:
    """DeleteDBInstance: refused while it is being made, and done after a while."""

    def begin(parameters: Any) -> Any:
        instance = rds._resolve_instance(rds._p(parameters, "DBInstanceIdentifier"))
        if instance is None:
            return delete(parameters)  # which says so
        name, status = instance["DBInstanceIdentifier"], instance["DBInstanceStatus"]
        if status not in DELETABLE:
            words = f"Instance {name} is currently {status} - it can not be deleted now."
            return rds._error("InvalidDBInstanceState", words, 400)
        if instance.get("DeletionProtection"):
            return delete(parameters)  # which refuses
        instance["DBInstanceStatus"] = "deleting"
        later.call(pace.real_seconds(DELETE_SECONDS), _goes, delete, parameters, instance)
        return rds._single_instance_response("DeleteDBInstanceResponse", "DeleteDBInstanceResult", instance)

    return begin


def _copy(source: dict[str, Any], name: str, parameters: Any) -> dict[str, Any]:
    arn = f"arn:aws:rds:{get_region()}:{get_account_id()}:db:{name}"
    several_zones = rds._p(parameters, "MultiAZ") == "true"
    endpoint = {**source.get("Endpoint", {}), "Address": f"{name}.{uuid.uuid4().hex[:12]}.{get_region()}.rds"}
    tags = rds._parse_tags(parameters)
    rds._tags[arn] = tags
    return {
        **source,
        "DBInstanceIdentifier": name,
        "DBInstanceArn": arn,
        "DbiResourceId": f"db-{uuid.uuid4().hex[:20].upper()}",
        "DBInstanceClass": rds._p(parameters, "DBInstanceClass") or source["DBInstanceClass"],
        "DBInstanceStatus": "creating",
        "MultiAZ": several_zones,
        "SecondaryAvailabilityZone": source.get("SecondaryAvailabilityZone", "") if several_zones else "",
        "DeletionProtection": rds._p(parameters, "DeletionProtection") == "true",
        "Endpoint": endpoint,
        "InstanceCreateTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "TagList": list(tags),
    }


def _stands(instance: dict[str, Any], source: str) -> None:
    if instance["DBInstanceStatus"] == "creating":
        instance["DBInstanceStatus"] = "available"
        event_id, words = RESTORED
        honest.tell(instance, event_id, words.format(source, instance["DBInstanceIdentifier"]), "restoration")


def _goes(delete: Callable[[Any], Any], parameters: Any, instance: dict[str, Any]) -> None:
    if rds._instances.get(instance["DBInstanceIdentifier"]) is instance:
        delete(parameters)


def install(pace: Pace, later: Later) -> None:
    rds._ACTION_MAP["RestoreDBInstanceToPointInTime"] = restoring(pace, later)
    rds._ACTION_MAP["DeleteDBInstance"] = deleting(rds._delete_db_instance, pace, later)
