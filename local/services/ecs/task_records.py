"""MiniStack's records of the tasks of services, as the fleet tells of them."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, ecs

from local.services.ecs import interfaces
from local.twin.fleet import Status

if TYPE_CHECKING:
    from local.twin.fleet import Task

Record = dict[str, Any]

DIGEST = "sha256:"


def moment(at: float) -> str:
    """2022-05-03T07:30:53.752Z, as AWS tells moments in events."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03d}Z"


def arn_of(cluster: str, task_id: str) -> str:
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:task/{cluster}/{task_id}"


def begin(cluster: str, service: Record, task: Task, definition_arn: str) -> Record:
    """The record of a task that is provisioned; it is MiniStack's to show from now on."""
    arn = arn_of(cluster, task.task_id)
    definition = ecs._task_defs.get(ecs._resolve_td_key(definition_arn)) or {}
    launch_type, provider = ecs._task_capacity(service["launchType"], service["capacityProviderStrategy"])
    record: Record = {
        "taskArn": arn,
        "clusterArn": service["clusterArn"],
        "taskDefinitionArn": definition_arn,
        "containers": _containers(cluster, task, arn, definition),
        "overrides": {
            "containerOverrides": [{"name": c["name"]} for c in definition.get("containerDefinitions", [])],
            "inferenceAcceleratorOverrides": [],
        },
        "lastStatus": str(task.status),
        "desiredStatus": "RUNNING",
        "launchType": launch_type,
        "capacityProviderName": provider,
        "cpu": definition.get("cpu", "256"),
        "memory": definition.get("memory", "512"),
        "platformVersion": "1.4.0" if launch_type == "FARGATE" else None,
        "platformFamily": "Linux" if launch_type == "FARGATE" else None,
        "createdAt": moment(task.created_at),
        "group": f"service:{task.service}",
        "startedBy": task.deployment_id,
        "version": task.version,
        "attachments": [],
        "attributes": interfaces.ATTRIBUTES,
        "availabilityZone": task.zone,
        "enableExecuteCommand": service.get("enableExecuteCommand", False),
        "tags": [],
        "healthStatus": "UNKNOWN",
        "ephemeralStorage": definition.get("ephemeralStorage", {"sizeInGiB": 20}),
        "_deployment_id": task.deployment_id,
        "_fleet": True,
    }
    subnet = _subnet_in(service, task.zone)
    if subnet is not None:
        interfaces.promise(record, subnet)
    ecs._tasks[arn] = record
    return record


def follow(record: Record, task: Task) -> None:
    """Bring the record to where the task is; its version says whether it has another status."""
    status = task.status
    record |= {"lastStatus": str(status), "version": task.version}
    if status is Status.PENDING:
        interfaces.attach(record)
    elif status is Status.ACTIVATING:
        record |= {"connectivity": "CONNECTED", "connectivityAt": moment(task.status_at)}
    elif status is Status.RUNNING:
        interfaces.set_containers(record, "RUNNING")
        for container in record["containers"]:
            container |= {"runtimeId": f"{task.task_id}-{container['_number']:010d}"}
    _follow_moments(record, task)
    if task.stop is not None:
        _follow_stop(record, task)


def _follow_moments(record: Record, task: Task) -> None:
    told = {
        "pullStartedAt": task.pull_started_at,
        "pullStoppedAt": task.pull_stopped_at,
        "startedAt": task.started_at,
        "stoppingAt": task.stopping_at,
        "executionStoppedAt": task.ended_at,
        "stoppedAt": task.status_at if task.status is Status.STOPPED else None,
    }
    record |= {name: moment(at) for name, at in told.items() if at is not None}
    if task.pull_stopped_at is not None:
        for container in record["containers"]:
            container["imageDigest"] = f"{DIGEST}{uuid.uuid5(uuid.NAMESPACE_URL, container['image']).hex * 2}"


def _follow_stop(record: Record, task: Task) -> None:
    stop = task.stop
    assert stop is not None  # noqa: S101 - tells the type checker
    record |= {"desiredStatus": "STOPPED", "stopCode": stop.code, "stoppedReason": stop.reason}
    if task.ended_at is not None:
        interfaces.set_containers(record, "STOPPED", stop.exit_code)
        if stop.code == "EssentialContainerExited" and stop.reason.startswith("OutOfMemory"):
            for container in record["containers"]:
                container["reason"] = stop.reason
    if task.status is Status.STOPPED:
        interfaces.detach(record)


def _containers(cluster: str, task: Task, arn: str, definition: Record) -> list[Record]:
    containers: list[Record] = ecs._build_task_containers(definition, [])
    own = f"arn:aws:ecs:{get_region()}:{get_account_id()}:container/{cluster}/{task.task_id}"
    for number, container in enumerate(containers):
        container |= {
            "containerArn": f"{own}/{uuid.uuid4()}",
            "taskArn": arn,
            "lastStatus": "PENDING",
            "runtimeId": None,
            "_number": number,
        }
    return containers


def _subnet_in(service: Record, zone: str) -> Record | None:
    for name in subnets_of(service):
        subnet: Record | None = ec2._subnets.get(name)
        if subnet is not None and subnet["AvailabilityZone"] == zone:
            return subnet
    return None


def subnets_of(service: Record) -> list[str]:
    configuration = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    return list(configuration.get("subnets") or [])
