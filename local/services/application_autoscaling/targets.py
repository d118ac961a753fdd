"""Scalable targets: an ECS service with its bounds, into which it is moved when they are registered."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any, TypeAlias

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import ecs

from local.gateways import registry
from local.services.application_autoscaling import activities
from local.services.application_autoscaling.activities import Activity
from local.services.application_autoscaling.refusals import RefusedError

Document: TypeAlias = dict[str, Any]

ECS_SERVICE = "ecs:service:DesiredCount"
SUSPENSIONS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
ROLE = (
    "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_ECSService"
)

_targets = AccountRegionScopedDict()  # name -> target
tags = AccountRegionScopedDict()  # target ARN -> {key: value}


@dataclass(frozen=True)
class TargetKey:
    namespace: str
    resource: str
    dimension: str

    def members(self) -> dict[str, str]:
        return {
            "ServiceNamespace": self.namespace,
            "ResourceId": self.resource,
            "ScalableDimension": self.dimension,
        }

    def name(self) -> str:
        return f"{self.namespace}|{self.resource}|{self.dimension}"


def target_key(document: Document) -> TargetKey:
    missing = [n for n in ("ServiceNamespace", "ResourceId", "ScalableDimension") if not document.get(n)]
    if missing:
        raise RefusedError("ValidationException", f"missing: {', '.join(missing)}")
    return TargetKey(document["ServiceNamespace"], document["ResourceId"], document["ScalableDimension"])


def key_of(name: str) -> TargetKey:
    return TargetKey(*name.split("|"))


def find(key: TargetKey) -> Document:
    target: Document | None = _targets.get(key.name())
    if target is None:
        raise RefusedError("ObjectNotFoundException", f"No scalable target registered for {key.name()}")
    return target


def every() -> list[Document]:
    return list(_targets.values())


def register_target(
    key: TargetKey, least: int | None, most: int | None, role: str = "", suspended: Document | None = None
) -> str:
    """Make the target, or change what is given of an existing one; move the service into its bounds."""
    service = ecs_service(key)
    known = _targets.get(key.name())
    if known is None and (least is None or most is None):
        raise RefusedError("ValidationException", "MinCapacity and MaxCapacity are required for a new target")
    target = {**(known or _new(key, role)), **({"RoleARN": role} if role else {})}
    bounds = {"MinCapacity": least, "MaxCapacity": most}
    target |= {name: value for name, value in bounds.items() if value is not None}
    if not 0 <= target["MinCapacity"] <= target["MaxCapacity"]:
        raise RefusedError("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    target["SuspendedState"] = {**target["SuspendedState"], **(suspended or {})}
    _targets[key.name()] = target
    _move_into_bounds(key, service, target)
    return str(target["ScalableTargetARN"])


def _new(key: TargetKey, role: str) -> Document:
    account = get_account_id()
    arn = f"arn:aws:application-autoscaling:{get_region()}:{account}:scalable-target/{uuid.uuid4().hex[:20]}"
    return {
        **key.members(),
        "ScalableTargetARN": arn,
        "RoleARN": role or f"arn:aws:iam::{account}:{ROLE}",
        "CreationTime": registry.now(),
        "SuspendedState": dict.fromkeys(SUSPENSIONS, False),
    }


def deregister_target(key: TargetKey) -> None:
    """The target alone; its policies are the caller's to delete."""
    target = _targets.pop(key.name(), None)
    if target is None:
        raise RefusedError("ObjectNotFoundException", f"No scalable target found for {key.name()}")
    tags.pop(target["ScalableTargetARN"], None)


def ecs_service(key: TargetKey) -> Document:
    """The service's own record. Raises RefusedError if there is none."""
    parts = key.resource.split("/")
    if key.dimension != ECS_SERVICE or len(parts) != 3 or parts[0] != "service":
        raise RefusedError(
            "ValidationException",
            f"Unsupported service namespace, resource type or scalable dimension: {key.name()}",
        )
    service: Document | None = ecs._services.get(f"{parts[1]}/{parts[2]}")
    if service is None or service["status"] != "ACTIVE":
        raise RefusedError("ValidationException", f"ECS service doesn't exist: {key.resource}")
    return service


def _move_into_bounds(key: TargetKey, service: Document, target: Document) -> None:
    least, most, desired = target["MinCapacity"], target["MaxCapacity"], service["desiredCount"]
    if desired < least:
        set_capacity(key, least, f"minimum capacity was set to {least}")
    elif desired > most:
        set_capacity(key, most, f"maximum capacity was set to {most}")


def set_capacity(key: TargetKey, count: int, cause: str, policy: str = "") -> Activity:
    """Set the service's desired count through ECS; what was still in progress is overridden."""
    target, service, now = find(key), ecs_service(key), registry.now()
    for earlier in activities.open_ones(key.name()):
        message = f"Successfully set desired count to {earlier.to}. Found it was later changed to {count}."
        activities.end(earlier, "Overridden", message, now)
    least, most = target["MinCapacity"], target["MaxCapacity"]
    activity = Activity(key.members(), cause, service["desiredCount"], count, least, most, now, policy)
    activities.note(key.name(), activity)
    status, _, body = ecs._update_service(
        {"cluster": service["clusterArn"], "service": service["serviceName"], "desiredCount": count}
    )
    if status >= 400:
        reason = json.loads(body).get("message", "")
        activities.end(activity, "Failed", f"Failed to set desired count to {count}. Reason: {reason}", now)
    else:
        activity.message = (
            f"Successfully set desired count to {count}. Waiting for change to be fulfilled by ecs."
        )
    return activity


def settle_activities(key: TargetKey, now: float) -> None:
    """End what is in progress once ECS has as many tasks running as were asked for."""
    for activity in activities.open_ones(key.name()):
        try:
            service = ecs_service(key)
        except RefusedError as gone:
            reason = f"Failed to set desired count to {activity.to}. Reason: {gone}"
            activities.end(activity, "Failed", reason, now)
            continue
        set_ = f"Successfully set desired count to {activity.to}."
        if service["desiredCount"] != activity.to:
            message = f"{set_} Found it was later changed to {service['desiredCount']}."
            activities.end(activity, "Overridden", message, now)
        elif service["runningCount"] == activity.to:
            activities.end(activity, "Successful", f"{set_} Change successfully fulfilled by ecs.", now)


def reset() -> None:
    _targets.clear()
    tags.clear()
