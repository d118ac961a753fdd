"""MiniStack's record of a service, as the fleet tells of it: counts, deployments, messages, history.

A record keeps under `_history` each deployment it ever had, by id, because a deployment may be rolled back to
and ListServiceDeployments tells of those that are long over.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.services.ecs.task_records import moment
from local.twin.fleet import Rollout, Status

if TYPE_CHECKING:
    from local.twin.fleet import Deployment, DeploymentChanged, Fleet, Task

Record = dict[str, Any]

SHOWN_MESSAGES = 100  # ECS API Reference, Service: "The 100 most recent events are displayed"
_COMING = frozenset({Status.PROVISIONING, Status.PENDING, Status.ACTIVATING})


@dataclass
class Past:
    """One deployment of a service, as ListServiceDeployments tells of it. Moments as AWS writes them."""

    arn: str
    revision_arn: str
    deployment: Record  # as DescribeServices shows it
    status: str
    created_at: str
    updated_at: str
    finished_at: str | None = None
    stopped_at: str | None = None
    reason: str | None = None
    rolled_back_to: str | None = None  # the id of another deployment
    rolled_back_at: str | None = None
    sources: list[str] = field(default_factory=list)  # ids of the deployments it replaces
    failures: int = 0
    asked_to_stop: bool = False


def history(service: Record) -> dict[str, Past]:
    past: dict[str, Past] = service.setdefault("_history", {})
    return past


def remember(service: Record, deployment_id: str, primary: Record, at: float) -> None:
    """Note a deployment that begins: MiniStack's record of it gets the fleet's id."""
    sources = [name for name, past in history(service).items() if past.status == "SUCCESSFUL"]
    for past in history(service).values():
        if past.status == "IN_PROGRESS":
            past.status, past.stopped_at = "STOPPED", moment(at)
            past.reason = "Service deployment was stopped because a newer one replaced it."
    primary |= {"id": deployment_id, "failedTasks": 0}
    prefix, _, name = str(service["serviceArn"]).partition(":service/")
    number = deployment_id.rpartition("/")[2]
    history(service)[deployment_id] = Past(
        arn=f"{prefix}:service-deployment/{name}/{uuid.uuid4().hex[:21]}",
        revision_arn=f"{prefix}:service-revision/{name}/{number}",
        deployment=dict(primary),
        status="IN_PROGRESS",
        created_at=moment(at),
        updated_at=moment(at),
        sources=sources[-1:],
    )


def follow_rollout(service: Record, change: DeploymentChanged) -> None:
    """Note how far a deployment has come; the end of a roll-back ends the deployment that failed, too."""
    name, at = change.deployment.deployment_id, moment(change.at)
    past = history(service)[name]
    past.updated_at, past.failures = at, max(past.failures, change.deployment.failed_tasks)
    if change.state is Rollout.FAILED:
        past.status, past.reason, past.stopped_at = "STOPPED", change.reason, at
    elif change.state is Rollout.COMPLETED:
        _succeed(service, name, at)
    elif "rolling back to" in change.reason:
        for failed in _failed_now(service, name, at):
            failed.status, failed.rolled_back_to, failed.rolled_back_at = "ROLLBACK_IN_PROGRESS", name, at


def _failed_now(service: Record, back: str, at: str) -> list[Past]:
    return [past for name, past in history(service).items() if name != back and past.stopped_at == at]


def _succeed(service: Record, name: str, at: str) -> None:
    past = history(service)[name]
    if past.status == "IN_PROGRESS":
        past.status, past.finished_at = "SUCCESSFUL", at
    for other in history(service).values():
        if other.status == "ROLLBACK_IN_PROGRESS" and other.rolled_back_to == name:
            other.status, other.finished_at, other.updated_at = "ROLLBACK_SUCCESSFUL", at, at


def recount(service: Record, fleet: Fleet) -> None:
    """Bring counts and deployments to where the fleet is."""
    name = service["serviceName"]
    tasks = fleet.tasks(name) if name in fleet.services() else []
    service["runningCount"], service["pendingCount"] = counts(tasks)
    if service["status"] != "ACTIVE" or name not in fleet.services():
        service["deployments"] = []
        return
    if service["deployments"] and service["deployments"][0]["id"] not in history(service):
        return  # a version that was asked for just now: the fleet has still to be told of it
    service["deployments"] = [
        _shown(service, deployment, tasks, fleet.desired(name)) for deployment in fleet.deployments(name)
    ]
    service["taskDefinition"] = service["deployments"][0]["taskDefinition"]


def counts(tasks: list[Task]) -> tuple[int, int]:
    """(running, pending)."""
    running = sum(task.status is Status.RUNNING for task in tasks)
    return running, sum(task.status in _COMING for task in tasks)


def _shown(service: Record, deployment: Deployment, tasks: list[Task], desired: int) -> Record:
    own = [task for task in tasks if task.deployment_id == deployment.deployment_id]
    running, pending = counts(own)
    past = history(service)[deployment.deployment_id]
    past.failures = max(past.failures, deployment.failed_tasks)
    past.deployment |= {
        "status": "PRIMARY" if deployment.primary else "ACTIVE",
        "desiredCount": desired if deployment.primary else 0,
        "runningCount": running,
        "pendingCount": pending,
        "failedTasks": deployment.failed_tasks,
        "createdAt": past.created_at,
        "updatedAt": moment(deployment.updated_at),
        "rolloutState": str(deployment.state),
        "rolloutStateReason": deployment.reason,
    }
    return past.deployment


def say(service: Record, message: str, at: float) -> None:
    """Add a message, as DescribeServices lists them under `events`: the newest first."""
    entry = {"id": str(uuid.uuid4()), "createdAt": moment(at), "message": message, "_fleet": True}
    said = [earlier for earlier in service["events"] if earlier.get("_fleet")]  # MiniStack's own are made up
    service["events"] = [entry, *said][:SHOWN_MESSAGES]
