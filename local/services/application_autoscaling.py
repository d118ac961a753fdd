"""Application Auto Scaling: targets with their bounds, and policies, for ECS services.

It moves a service into its bounds when a target is registered, as AWS does; following a metric is the twin's.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import ecs

Document = dict[str, Any]

ECS_SERVICE = "ecs:service:DesiredCount"


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


class RefusedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_targets = AccountRegionScopedDict()  # (namespace, resource, dimension) as text -> target
_policies = AccountRegionScopedDict()  # policy ARN -> policy
_tags = AccountRegionScopedDict()  # target ARN -> {key: value}


def target_key(document: Document) -> TargetKey:
    missing = [n for n in ("ServiceNamespace", "ResourceId", "ScalableDimension") if not document.get(n)]
    if missing:
        raise RefusedError("ValidationException", f"missing: {', '.join(missing)}")
    return TargetKey(document["ServiceNamespace"], document["ResourceId"], document["ScalableDimension"])


def _name(key: TargetKey) -> str:
    return f"{key.namespace}|{key.resource}|{key.dimension}"


def _arn(kind: str, tail: str) -> str:
    return f"arn:aws:{kind}:{get_region()}:{get_account_id()}:{tail}"


def register_target(
    key: TargetKey, least: int | None, most: int | None, role: str = "", suspended: Document | None = None
) -> str:
    """Make the target, or change what is given of an existing one; move the service into its bounds."""
    known = _targets.get(_name(key))
    if known is None and (least is None or most is None):
        raise RefusedError("ValidationException", "MinCapacity and MaxCapacity are required for a new target")
    service = _ecs_service(key)
    target = known or {
        **key.members(),
        "ScalableTargetARN": _arn("application-autoscaling", f"scalable-target/{uuid.uuid4().hex[:20]}"),
        "RoleARN": role
        or f"arn:aws:iam::{get_account_id()}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_ECSService",
        "CreationTime": time.time(),
        "SuspendedState": dict.fromkeys(
            ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False
        ),
    }
    bounds = {"MinCapacity": least, "MaxCapacity": most}
    target |= {name: value for name, value in bounds.items() if value is not None}
    if target["MinCapacity"] > target["MaxCapacity"]:
        raise RefusedError("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    target["SuspendedState"] |= suspended or {}
    _targets[_name(key)] = target
    _move_into_bounds(service, target)
    return str(target["ScalableTargetARN"])


def _ecs_service(key: TargetKey) -> Document:
    parts = key.resource.split("/")
    if key.dimension != ECS_SERVICE or len(parts) != 3 or parts[0] != "service":
        raise RefusedError(
            "ValidationException",
            f"Unsupported service namespace, resource type or scalable dimension: {_name(key)}",
        )
    service: Document | None = ecs._services.get(f"{parts[1]}/{parts[2]}")
    if service is None or service["status"] != "ACTIVE":
        raise RefusedError("ValidationException", f"ECS service doesn't exist: {key.resource}")
    return service


def _move_into_bounds(service: Document, target: Document) -> None:
    desired = service["desiredCount"]
    wanted = min(max(desired, target["MinCapacity"]), target["MaxCapacity"])
    if wanted != desired:
        ecs._update_service(
            {"cluster": service["clusterArn"], "service": service["serviceName"], "desiredCount": wanted}
        )


def deregister_target(key: TargetKey) -> None:
    target = _targets.pop(_name(key), None)
    if target is None:
        raise RefusedError("ObjectNotFoundException", f"No scalable target found for {_name(key)}")
    _tags.pop(target["ScalableTargetARN"], None)
    for arn, policy in list(_policies.items()):
        if all(policy[name] == value for name, value in key.members().items()):
            del _policies[arn]


def put_policy(key: TargetKey, name: str, kind: str, configuration: Document) -> str:
    if _name(key) not in _targets:
        raise RefusedError("ObjectNotFoundException", f"No scalable target registered for {_name(key)}")
    known = _find_policy(key, name)
    tail = f"scalingPolicy:{uuid.uuid4()}:resource/{key.namespace}/{key.resource}:policyName/{name}"
    arn = str(known["PolicyARN"]) if known else _arn("autoscaling", tail)
    _policies[arn] = {
        **key.members(),
        "PolicyARN": arn,
        "PolicyName": name,
        "PolicyType": kind,
        f"{kind}PolicyConfiguration": configuration,
        "Alarms": [],
        "CreationTime": known["CreationTime"] if known else time.time(),
    }
    return arn


def _find_policy(key: TargetKey, name: str) -> Document | None:
    wanted = {**key.members(), "PolicyName": name}
    return next((p for p in _policies.values() if all(p[n] == v for n, v in wanted.items())), None)


def delete_policy(arn: str) -> None:
    if _policies.pop(arn, None) is None:
        raise RefusedError("ObjectNotFoundException", f"No scaling policy found for {arn}")


def _register(body: Document) -> Document:
    role, suspended = body.get("RoleARN", ""), body.get("SuspendedState")
    arn = register_target(target_key(body), body.get("MinCapacity"), body.get("MaxCapacity"), role, suspended)
    if body.get("Tags"):
        _tags[arn] = {**_tags.get(arn, {}), **body["Tags"]}
    return {"ScalableTargetARN": arn}


def _deregister(body: Document) -> Document:
    deregister_target(target_key(body))
    return {}


def _describe_targets(body: Document) -> Document:
    return {"ScalableTargets": _matching(_targets, body, "ResourceIds")}


def _matching(store: Any, body: Document, plural: str) -> list[Document]:
    names = body.get(plural) or ([body["ResourceId"]] if "ResourceId" in body else [])
    dimension = body.get("ScalableDimension")
    return [
        entry
        for entry in store.values()
        if entry["ServiceNamespace"] == body.get("ServiceNamespace")
        and (not names or entry["ResourceId"] in names)
        and (not dimension or entry["ScalableDimension"] == dimension)
    ]


def _put_policy(body: Document) -> Document:
    kind = body.get("PolicyType", "StepScaling")
    configuration = body.get("TargetTrackingScalingPolicyConfiguration") or body.get(
        "StepScalingPolicyConfiguration", {}
    )
    arn = put_policy(target_key(body), body["PolicyName"], kind, configuration)
    return {"PolicyARN": arn, "Alarms": []}


def _describe_policies(body: Document) -> Document:
    wanted = body.get("PolicyNames")
    found = _matching(_policies, body, "")
    return {"ScalingPolicies": [policy for policy in found if not wanted or policy["PolicyName"] in wanted]}


def _delete_policy(body: Document) -> Document:
    policy = _find_policy(target_key(body), body.get("PolicyName", ""))
    delete_policy(policy["PolicyARN"] if policy else body.get("PolicyName", ""))
    return {}


def _describe_activities(_body: Document) -> Document:
    return {"ScalingActivities": []}


def _tag(body: Document) -> Document:
    arn = _known(body["ResourceARN"])
    _tags[arn] = {**_tags.get(arn, {}), **body["Tags"]}
    return {}


def _untag(body: Document) -> Document:
    arn = _known(body["ResourceARN"])
    _tags[arn] = {key: value for key, value in _tags.get(arn, {}).items() if key not in body["TagKeys"]}
    return {}


def _list_tags(body: Document) -> Document:
    return {"Tags": _tags.get(_known(body["ResourceARN"]), {})}


def _known(arn: str) -> str:
    if not any(target["ScalableTargetARN"] == arn for target in _targets.values()):
        raise RefusedError("ResourceNotFoundException", f"Resource not found: {arn}")
    return arn


ACTIONS = {
    "RegisterScalableTarget": _register,
    "DeregisterScalableTarget": _deregister,
    "DescribeScalableTargets": _describe_targets,
    "PutScalingPolicy": _put_policy,
    "DescribeScalingPolicies": _describe_policies,
    "DeleteScalingPolicy": _delete_policy,
    "DescribeScalingActivities": _describe_activities,
    "TagResource": _tag,
    "UntagResource": _untag,
    "ListTagsForResource": _list_tags,
}


async def handle_request(
    _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
) -> tuple[int, dict[str, str], bytes]:
    action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    handler = ACTIONS.get(action)
    try:
        if handler is None:
            return _answer(400, {"__type": "UnknownOperationException", "message": f"no operation {action}"})
        return _answer(200, handler(json.loads(body or b"{}")))
    except RefusedError as refused:
        return _answer(400, {"__type": refused.code, "message": str(refused)})


def _answer(status: int, document: Document) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(document).encode()


def reset() -> None:
    for store in (_targets, _policies, _tags):
        store.clear()


def install() -> None:
    app.SERVICE_HANDLERS["application-autoscaling"] = handle_request
    iam_actions.SERVICE_TO_IAM_NAMESPACE["application-autoscaling"] = "application-autoscaling"
