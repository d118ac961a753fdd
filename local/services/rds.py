"""RDS as AWS has it: stopping and starting take their time, and DescribeDBInstances leaves nothing out.

MiniStack tells neither the standby's zone nor the secret that RDS manages, and stops a database at once,
whatever it is doing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import rds

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.services.later import Later
    from local.services.pace import Pace

# Estimates: AWS publishes neither. A stop ends with a shutdown, a start with crash recovery and a standby.
SECONDS = {"stopping": 240.0, "starting": 420.0}


def completed(render: Any) -> Any:
    def with_standby_and_secret(instance: dict[str, Any]) -> str:
        xml = str(render(instance))
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


def install(pace: Pace, later: Later) -> None:
    rds._instance_xml = completed(rds._instance_xml)
    stop, start = rds._ACTION_MAP["StopDBInstance"], rds._ACTION_MAP["StartDBInstance"]
    rds._ACTION_MAP["StopDBInstance"] = in_time(stop, "available", "stopping", "stopped", pace, later)
    rds._ACTION_MAP["StartDBInstance"] = in_time(start, "stopped", "starting", "available", pace, later)
