"""The events of ECS, in AWS's shape.

Sources: ECS Developer Guide, "Amazon ECS events" (task state change, service action, service deployment state
change), public events of Fargate tasks, and the API's Task, whose members a task event carries. Live
deployment events carry the cluster's ARN beyond what the guide's sample shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ministack.services import ecs

from local.events import emit

Record = dict[str, Any]

_OF_TASK = (
    "attachments",
    "attributes",
    "availabilityZone",
    "capacityProviderName",
    "clusterArn",
    "connectivity",
    "connectivityAt",
    "containerInstanceArn",
    "containers",
    "cpu",
    "createdAt",
    "desiredStatus",
    "enableExecuteCommand",
    "ephemeralStorage",
    "executionStoppedAt",
    "group",
    "lastStatus",
    "launchType",
    "memory",
    "overrides",
    "platformVersion",
    "pullStartedAt",
    "pullStoppedAt",
    "startedAt",
    "startedBy",
    "stopCode",
    "stoppedAt",
    "stoppedReason",
    "stoppingAt",
    "taskArn",
    "taskDefinitionArn",
    "version",
)
_OF_CONTAINER = (
    "containerArn",
    "cpu",
    "exitCode",
    "image",
    "imageDigest",
    "lastStatus",
    "name",
    "networkInterfaces",
    "reason",
    "runtimeId",
    "taskArn",
)
_TYPES = {"ElasticNetworkInterface": "eni"}  # DescribeTasks and events name it differently
SEVERITIES = {
    "SERVICE_STEADY_STATE": "INFO",
    "SERVICE_TASK_START_IMPAIRED": "WARN",
    "SERVICE_DEPLOYMENT_IN_PROGRESS": "INFO",
    "SERVICE_DEPLOYMENT_COMPLETED": "INFO",
    "SERVICE_DEPLOYMENT_FAILED": "ERROR",
}


@dataclass(frozen=True)
class Event:
    detail_type: str
    resource: str
    detail: Record


def tell(event: Event) -> None:
    emit("aws.ecs", event.detail_type, [event.resource], event.detail)


def task_state_change(task: Record, moment: str) -> Event:
    """The task as it is now; what it does not have yet is left out, as AWS does."""
    detail = _present(ecs._sanitize(task), _OF_TASK)
    detail["containers"] = [_present(container, _OF_CONTAINER) for container in detail["containers"]]
    detail["attachments"] = [
        {**attachment, "type": _TYPES.get(attachment["type"], attachment["type"])}
        for attachment in detail["attachments"]
    ]
    detail["overrides"] = {"containerOverrides": detail["overrides"].get("containerOverrides", [])}
    detail["updatedAt"] = moment
    return Event("ECS Task State Change", task["taskArn"], detail)


def _present(record: Record, names: tuple[str, ...]) -> Record:
    return {name: record[name] for name in names if _is_there(record.get(name))}


def _is_there(value: object) -> bool:
    return value is not None and value != ""


def service_action(service: Record, name: str, moment: str) -> Event:
    detail = {
        "eventType": SEVERITIES[name],
        "eventName": name,
        "clusterArn": service["clusterArn"],
        "createdAt": moment,
    }
    return Event("ECS Service Action", service["serviceArn"], detail)


def deployment_state_change(
    service: Record, deployment_id: str, state: str, reason: str, moment: str
) -> Event:
    name = f"SERVICE_DEPLOYMENT_{state}"
    detail = {
        "eventType": SEVERITIES[name],
        "eventName": name,
        "clusterArn": service["clusterArn"],
        "deploymentId": deployment_id,
        "updatedAt": moment,
        "reason": reason,
    }
    return Event("ECS Deployment State Change", service["serviceArn"], detail)
