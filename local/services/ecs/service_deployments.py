"""ListServiceDeployments, DescribeServiceDeployments and StopServiceDeployment.

Source of names, states and errors: botocore's model of ECS (ServiceDeployment, ServiceDeploymentBrief).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecs

from local.gateways import registry
from local.services.ecs import service_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.services.ecs.service_records import Past

Record = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Found = tuple[Record, str, "Past"]

PAGE = 20
STATES = (
    "PENDING",
    "SUCCESSFUL",
    "STOPPED",
    "STOP_REQUESTED",
    "IN_PROGRESS",
    "ROLLBACK_REQUESTED",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_SUCCESSFUL",
    "ROLLBACK_FAILED",
)
UNDER_WAY = frozenset({"PENDING", "IN_PROGRESS"})


def list_them(data: Record) -> Response:
    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    if cluster not in ecs._clusters:
        return _refuse("ClusterNotFoundException", "Cluster not found.")
    name, of_cluster = ecs._resolve_service_ref(data.get("service", "")) or (None, None)
    service = ecs._services.get(f"{cluster}/{name}")
    if service is None or of_cluster not in {None, cluster}:
        return _refuse("ServiceNotFoundException", "Service not found.")
    unknown = sorted(set(data.get("status") or ()) - set(STATES))
    if unknown:
        return _refuse("InvalidParameterException", f"Unknown status: {', '.join(unknown)}")
    found = [
        entry for entry in _of_service(service) if not data.get("status") or entry[2].status in data["status"]
    ]
    start, size = int(data.get("nextToken") or 0), int(data.get("maxResults") or PAGE)
    answer: Record = {"serviceDeployments": [_brief(*entry) for entry in found[start : start + size]]}
    if start + size < len(found):
        answer["nextToken"] = str(start + size)
    return _answer(answer)


def describe(data: Record) -> Response:
    found = {past.arn: _whole(service, name, past) for service, name, past in _everything()}
    asked = data.get("serviceDeploymentArns") or []
    missing = [{"arn": arn, "reason": "MISSING"} for arn in asked if arn not in found]
    return _answer({"serviceDeployments": [found[arn] for arn in asked if arn in found], "failures": missing})


def stop(data: Record) -> Response:
    """Roll the deployment back; ABORT is for services that the fleet has none of."""
    arn = data.get("serviceDeploymentArn", "")
    if data.get("stopType", "ROLLBACK") != "ROLLBACK":
        return _refuse("UnsupportedFeatureException", "Only ROLLBACK can be asked for with rolling updates.")
    entry = next((found for found in _everything() if found[2].arn == arn), None)
    if entry is None:
        return _refuse("ServiceDeploymentNotFoundException", f"Service deployment not found: {arn}")
    service, name, past = entry
    if past.status not in UNDER_WAY:
        return _refuse("ConflictException", f"The service deployment is {past.status} and cannot be stopped.")
    cluster = service["clusterArn"].rsplit("/", 1)[-1]
    try:
        with registry.ordering(cluster, ()) as (fleet, now):
            fleet.stop_deployment(service["serviceName"], name, now)
            past.asked_to_stop = True
    except (KeyError, ValueError) as refused:
        return _refuse("ConflictException", f"The service deployment cannot be stopped: {refused}")
    return _answer({"serviceDeploymentArn": arn})


def _everything() -> Iterator[Found]:
    for service in list(ecs._services.values()):
        yield from _of_service(service)


def _of_service(service: Record) -> list[Found]:
    """The newest first."""
    return [(service, name, past) for name, past in reversed(service_records.history(service).items())]


def _brief(service: Record, _name: str, past: Past) -> Record:
    brief: Record = ecs._sanitize(
        {
            "serviceDeploymentArn": past.arn,
            "serviceArn": service["serviceArn"],
            "clusterArn": service["clusterArn"],
            "createdAt": past.created_at,
            "startedAt": past.created_at,
            "finishedAt": past.finished_at,
            "targetServiceRevisionArn": past.revision_arn,
            "status": past.status,
            "statusReason": past.reason,
        }
    )
    return brief


def _whole(service: Record, name: str, past: Past) -> Record:
    brief = _brief(service, name, past)
    brief.pop("targetServiceRevisionArn")
    known = service_records.history(service)
    more = {
        "stoppedAt": past.stopped_at,
        "updatedAt": past.updated_at,
        "sourceServiceRevisions": [_revision(known[source]) for source in past.sources],
        "targetServiceRevision": _revision(past),
        "deploymentConfiguration": service.get("deploymentConfiguration"),
        "rollback": _rollback(service, past),
        "deploymentCircuitBreaker": _breaker(service, past),
        "alarms": {"status": "DISABLED"},
    }
    return {**brief, **ecs._sanitize(more)}


def _revision(past: Past) -> Record:
    return {
        "arn": past.revision_arn,
        "requestedTaskCount": past.deployment["desiredCount"],
        "runningTaskCount": past.deployment["runningCount"],
        "pendingTaskCount": past.deployment["pendingCount"],
    }


def _rollback(service: Record, past: Past) -> Record | None:
    if past.rolled_back_to is None:
        return None
    revision = service_records.history(service)[past.rolled_back_to].revision_arn
    return {"reason": past.reason, "startedAt": past.rolled_back_at, "serviceRevisionArn": revision}


def _breaker(service: Record, past: Past) -> Record:
    configured = (service.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}
    threshold = ecs._circuit_breaker_threshold(service)
    if not configured.get("enable"):
        status = "DISABLED"
    elif past.failures >= threshold:
        status = "TRIGGERED"
    else:
        status = "MONITORING" if past.status in UNDER_WAY else "MONITORING_COMPLETE"
    return {"status": status, "failureCount": past.failures, "threshold": threshold}


def _answer(document: Record) -> Response:
    response: Response = json_response(document)
    return response


def _refuse(code: str, message: str) -> Response:
    response: Response = error_response_json(code, message, 400)
    return response


def install() -> None:
    ecs._ACTION_MAP["ListServiceDeployments"] = list_them
    ecs._ACTION_MAP["DescribeServiceDeployments"] = describe
    ecs._ACTION_MAP["StopServiceDeployment"] = stop
