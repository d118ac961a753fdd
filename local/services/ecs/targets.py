"""Tasks of a service as targets of its target groups: initial, healthy, draining, gone.

Source of the states: Elastic Load Balancing API Reference, TargetHealth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import alb, ecs

from local.gateways import registry
from local.twin.fleet import Status

if TYPE_CHECKING:
    from local.twin.fleet import Task

Record = dict[str, Any]

BOOT_SECONDS = 25.0
"""Until a LiteLLM proxy answers a health check. Measured: local/twin/calibration/litellm_load.json."""

REASONS = {
    "initial": ("Elb.RegistrationInProgress", "Target registration is in progress"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
}


def of_service(service: Record) -> list[tuple[str, int]]:
    """(ARN, port) of each target group that exists."""
    named = [
        (lb.get("targetGroupArn"), lb.get("containerPort", 80)) for lb in service.get("loadBalancers") or []
    ]
    return [(arn, int(port)) for arn, port in named if arn in alb._tgs]


def drain_seconds(service: Record) -> float:
    """The longest deregistration delay of its groups; none without a balancer."""
    delays = [
        float(attribute["Value"])
        for arn, _ in of_service(service)
        for attribute in alb._tg_attrs.get(arn, [])
        if attribute["Key"] == "deregistration_delay.timeout_seconds"
    ]
    return max(delays, default=300.0 if of_service(service) else 0.0)  # AWS's default is 300


def healthy_seconds(service: Record) -> float:
    """From a task's start until its groups trust it: it boots, then passes so many health checks in a row."""
    checks = [
        alb._tgs[arn].get("HealthCheckIntervalSeconds", 30) * alb._tgs[arn].get("HealthyThresholdCount", 5)
        for arn, _ in of_service(service)
    ]
    return BOOT_SECONDS + max(checks) if checks else 0.0


def follow(service: Record, tasks: list[Task], records: dict[str, Record]) -> None:
    """Register what runs and what drains; deregister what was there and is not any more."""
    ledger = service.setdefault("_published_targets", {})
    states = {address: state for task in tasks for address, state in _state(task, records)}
    service["_target_states"] = states
    for arn, port in of_service(service):
        alb.set_targets_for_group(arn, [(address, port) for address in states], ledger.get(arn, ()))
        ledger[arn] = list(states)


def _state(task: Task, records: dict[str, Record]) -> list[tuple[str, str]]:
    address = ecs._task_ip(records[task.task_id]) if task.task_id in records else None
    if address is None or task.status not in {Status.RUNNING, Status.DEACTIVATING}:
        return []
    if task.status is Status.DEACTIVATING:
        return [(address, "draining")]
    return [(address, "initial" if task.healthy_at is None else "healthy")]


def describe_health(params: Any) -> Any:
    registry.catch_up()
    arn = alb._p(params, "TargetGroupArn")
    if arn not in alb._tgs:
        return alb._error("TargetGroupNotFound", f"Target group '{arn}' not found.")
    asked = {target["Id"] for target in alb._parse_targets_param(params)}
    states = _states_in(arn)
    shown = [target for target in alb._targets.get(arn, []) if not asked or target["Id"] in asked]
    members = "".join(_member(arn, target, states.get(target["Id"], "healthy")) for target in shown)
    return alb._xml(
        200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>"
    )


def _states_in(arn: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for service in list(ecs._services.values()):
        if any(arn == group for group, _ in of_service(service)):
            found |= service.get("_target_states", {})
    return found


def _member(arn: str, target: Record, state: str) -> str:
    port = target.get("Port", alb._tgs[arn].get("Port", 80))
    code, description = REASONS.get(state, ("", ""))
    reason = f"<Reason>{code}</Reason><Description>{description}</Description>" if code else ""
    return (
        f"<member><Target><Id>{target['Id']}</Id><Port>{port}</Port></Target>"
        f"<HealthCheckPort>{port}</HealthCheckPort>"
        f"<TargetHealth><State>{state}</State>{reason}</TargetHealth></member>"
    )


def install() -> None:
    alb._ACTION_MAP["DescribeTargetHealth"] = describe_health
