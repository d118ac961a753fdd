"""What AWS tells of stacks and tasks, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

STARTED_BY = "stargate/"


@dataclass(frozen=True)
class StackChanged:
    event_id: str
    at: float
    stack_name: str
    stack_id: str
    status: str


@dataclass(frozen=True)
class ResourceChanged:
    event_id: str
    at: float
    stack_name: str
    stack_id: str
    resource: str
    status: str


@dataclass(frozen=True)
class TaskStopped:
    event_id: str
    at: float
    environment_id: str
    family: str
    succeeded: bool


Happening = StackChanged | ResourceChanged | TaskStopped


def started_by(environment_id: str, attempt: int) -> str:
    return f"{STARTED_BY}{environment_id}/{attempt}"


def read_event(event: dict[str, Any]) -> Happening | None:
    """An event of ours, or None if it tells nothing that matters here."""
    detail, event_id, at = event["detail"], str(event["id"]), _seconds(event["time"])
    if event["detail-type"] == "ECS Task State Change":
        starter = str(detail.get("startedBy", ""))
        if detail.get("lastStatus") != "STOPPED" or not starter.startswith(STARTED_BY):
            return None
        codes = [container.get("exitCode") for container in detail.get("containers", [])]
        succeeded = bool(codes) and all(code == 0 for code in codes)
        family = str(detail.get("group", "")).removeprefix("family:")
        return TaskStopped(event_id, at, starter.split("/")[1], family, succeeded)
    stack_id = str(detail["stack-id"])
    stack_name, status = stack_id.split("/")[1], str(detail["status-details"]["status"])
    if event["detail-type"] == "CloudFormation Stack Status Change":
        return StackChanged(event_id, at, stack_name, stack_id, status)
    resource = str(detail["logical-resource-id"])
    if resource == stack_name:  # the stack's own line among its resources
        return None
    return ResourceChanged(event_id, at, stack_name, stack_id, resource, status)


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
