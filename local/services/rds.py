"""RDS as AWS has it: stopping, starting, failing over and growing take their time; nothing is left out.

MiniStack tells neither the standby's zone nor the secret that RDS manages, stops a database at once, whatever
it is doing, and has no standby to fail over to.

Events: RDS User Guide, "Amazon RDS event categories and event messages".
"""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING, Any

from ministack.services import rds

from local import events
from local.gateways import failover
from stargate.domain.provisioning.durations import START_DATABASE, STOP_DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.services.later import Later
    from local.services.pace import Pace

SECONDS = {"stopping": STOP_DATABASE, "starting": START_DATABASE}
# [assumed] The larger instance is made, the standby first where there is one; AWS publishes no time.
CHANGE_CLASS = 600.0

STARTED = ("RDS-EVENT-0013", "Multi-AZ instance failover started.")
RESTARTED = ("RDS-EVENT-0006", "DB instance restarted.")
COMPLETED = ("RDS-EVENT-0049", "Multi-AZ instance failover completed.")
NO_STANDBY = "The DB instance must be Multi-AZ to reboot it with failover."


# RDS User Guide, "Restoring a DB instance to a specified time": transaction logs are uploaded so often
UPLOADED_EVERY = 300.0


RESTORABLE = re.compile(r"<LatestRestorableTime>[^<]*</LatestRestorableTime>")


def restorable_until(instance: dict[str, Any]) -> str:
    """The newest moment that a backup can be restored to: as far as logs were uploaded. "" without any."""
    if not int(instance.get("BackupRetentionPeriod") or 0):
        return ""
    now = time.time()
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - now % UPLOADED_EVERY))
    return f"<LatestRestorableTime>{until}</LatestRestorableTime>"


def completed(render: Any) -> Any:
    def with_standby_and_secret(instance: dict[str, Any]) -> str:
        xml = RESTORABLE.sub(restorable_until(instance), str(render(instance)))
        zone, secret = instance.get("SecondaryAvailabilityZone"), instance.get("MasterUserSecret")
        if zone:
            xml += f"<SecondaryAvailabilityZone>{zone}</SecondaryAvailabilityZone>"
        if secret:
            members = "".join(f"<{name}>{value}</{name}>" for name, value in secret.items())
            xml += f"<MasterUserSecret>{members}</MasterUserSecret>"
        return xml

    return with_standby_and_secret


def in_time(
    operation: Callable[[Any], Any], needs: str, meanwhile: str, ends: str, pace: Pace, later: Later
) -> Callable[[Any], Any]:
    """The operation as AWS does it: only from one status, and done after a while."""

    def begin(parameters: Any) -> Any:
        instance = rds._resolve_instance(rds._p(parameters, "DBInstanceIdentifier"))
        if instance is None:
            return operation(parameters)  # which says so
        if instance["DBInstanceStatus"] != needs:
            name, status = instance["DBInstanceIdentifier"], instance["DBInstanceStatus"]
            return rds._error(
                "InvalidDBInstanceState", f"Instance {name} is not in {needs} state: {status}.", 400
            )
        answer = operation(parameters)
        instance["DBInstanceStatus"] = meanwhile
        later.call(pace.real_seconds(SECONDS[meanwhile]), end, instance)
        return answer

    def end(instance: dict[str, Any]) -> None:
        if instance["DBInstanceStatus"] == meanwhile:  # it may have been deleted since
            instance["DBInstanceStatus"] = ends

    return begin


def changing_class(modify: Callable[[Any], Any], pace: Pace, later: Later) -> Callable[[Any], Any]:
    """ModifyDBInstance: another class takes its time and is pending until then; the rest is MiniStack's."""

    def begin(parameters: Any) -> Any:
        instance = rds._resolve_instance(rds._p(parameters, "DBInstanceIdentifier"))
        wanted = rds._p(parameters, "DBInstanceClass")
        if instance is None or not wanted or wanted == instance["DBInstanceClass"]:
            return modify(parameters)
        if instance["DBInstanceStatus"] != "available":
            name, status = instance["DBInstanceIdentifier"], instance["DBInstanceStatus"]
            return rds._error("InvalidDBInstanceState", f"Instance {name} is {status}.", 400)
        before = instance["DBInstanceClass"]
        modify(parameters)
        instance["DBInstanceClass"] = before
        instance["DBInstanceStatus"] = "modifying"
        instance["PendingModifiedValues"] = {"DBInstanceClass": wanted}
        later.call(pace.real_seconds(CHANGE_CLASS), end, instance, wanted)
        return rds._single_instance_response("ModifyDBInstanceResponse", "ModifyDBInstanceResult", instance)

    def end(instance: dict[str, Any], wanted: str) -> None:
        if instance["DBInstanceStatus"] == "modifying":  # it may have been deleted since
            changed = {
                "DBInstanceClass": wanted,
                "PendingModifiedValues": {},
                "DBInstanceStatus": "available",
            }
            instance |= changed

    return begin


def rebooting(reboot: Callable[[Any], Any], pace: Pace, later: Later) -> Callable[[Any], Any]:
    """RebootDBInstance, with ForceFailover obeyed where the gateway of the instance runs."""

    def reboot_or_fail_over(parameters: Any) -> Any:
        instance = rds._resolve_instance(rds._p(parameters, "DBInstanceIdentifier"))
        forced = rds._p(parameters, "ForceFailover") == "true"
        if not forced or not instance or instance["DBInstanceStatus"] != "available":
            return reboot(parameters)
        if not instance.get("MultiAZ"):
            return rds._error("InvalidParameterCombination", NO_STANDBY, 400)
        back_at = failover.begin(instance["DBInstanceIdentifier"])
        if back_at is None:
            return reboot(parameters)
        instance["DBInstanceStatus"] = "rebooting"
        _tell(instance, *STARTED)
        later.call(pace.clock.real_seconds(back_at - time.time()), _fail_over, instance)
        return rds._single_instance_response("RebootDBInstanceResponse", "RebootDBInstanceResult", instance)

    return reboot_or_fail_over


def _fail_over(instance: dict[str, Any]) -> None:
    """The standby is the primary now, in the other zone."""
    zone, standby = instance["AvailabilityZone"], instance["SecondaryAvailabilityZone"]
    instance["AvailabilityZone"], instance["SecondaryAvailabilityZone"] = standby, zone
    instance["DBInstanceStatus"] = "available"
    _tell(instance, *RESTARTED)
    _tell(instance, *COMPLETED)


def _tell(instance: dict[str, Any], event_id: str, message: str) -> None:
    tell(instance, event_id, message, "availability" if event_id == RESTARTED[0] else "failover")


def tell(instance: dict[str, Any], event_id: str, message: str, category: str) -> None:
    """In DescribeEvents, which knows no ids, and on the bus."""
    told = {"SourceIdentifier": instance["DBInstanceIdentifier"], "SourceArn": instance["DBInstanceArn"]}
    told |= {"Message": message, "EventCategories": [category]}
    now = time.time()
    rds._events[str(uuid.uuid4())] = {**told, "SourceType": "db-instance", "Date": now}
    date = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"
    detail = {**told, "SourceType": "DB_INSTANCE", "Date": date, "EventID": event_id}
    events.emit("aws.rds", "RDS DB Instance Event", [instance["DBInstanceArn"]], detail)


def install(pace: Pace, later: Later) -> None:
    rds._instance_xml = completed(rds._instance_xml)
    rds._ACTION_MAP["RebootDBInstance"] = rebooting(rds._reboot_db_instance, pace, later)
    modify = rds._ACTION_MAP["ModifyDBInstance"]
    rds._ACTION_MAP["ModifyDBInstance"] = changing_class(modify, pace, later)
    stop, start = rds._ACTION_MAP["StopDBInstance"], rds._ACTION_MAP["StartDBInstance"]
    rds._ACTION_MAP["StopDBInstance"] = in_time(stop, "available", "stopping", "stopped", pace, later)
    rds._ACTION_MAP["StartDBInstance"] = in_time(start, "stopped", "starting", "available", pace, later)
