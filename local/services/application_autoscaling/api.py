"""Application Auto Scaling's operations over JSON."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region

from local.iam.principals import refusal
from local.services.application_autoscaling import activities, policies, scheduled, targets
from local.services.application_autoscaling.refusals import RefusedError
from local.services.application_autoscaling.targets import register_target, tags, target_key

Document: TypeAlias = dict[str, Any]
Response: TypeAlias = tuple[int, dict[str, str], bytes]

# Tried with the caller's rights before a target is registered. Source: the service's user guide, "Permissions
# validation for Application Auto Scaling API calls on target resources".
TRIED = ("ecs:DescribeServices", "ecs:UpdateService")


def deregister_target(key: targets.TargetKey) -> None:
    """The target with its scheduled actions, and all its policies and their alarms."""
    known = policies.of_target(key)
    targets.deregister_target(key)
    scheduled.forget(key)
    for policy in known:
        policies.delete_policy(policy["PolicyARN"])


def _register(body: Document) -> Document:
    _try_rights(body.get("ResourceId", ""))
    role, suspended = body.get("RoleARN", ""), body.get("SuspendedState")
    arn = register_target(target_key(body), body.get("MinCapacity"), body.get("MaxCapacity"), role, suspended)
    if body.get("Tags"):
        tags[arn] = {**tags.get(arn, {}), **body["Tags"]}
    return {"ScalableTargetARN": arn}


def _try_rights(service: str) -> None:
    arn = f"arn:aws:ecs:{get_region()}:{get_account_id()}:{service}"
    for action in TRIED:
        denial = refusal(iam_evaluator.caller_arn(), action, arn)
        if denial:
            raise RefusedError("ValidationException", denial)


def _deregister(body: Document) -> Document:
    deregister_target(target_key(body))
    return {}


def _describe_targets(body: Document) -> Document:
    return {"ScalableTargets": _matching(targets.every(), body)}


def _matching(entries: list[Document], body: Document) -> list[Document]:
    names = body.get("ResourceIds") or ([body["ResourceId"]] if body.get("ResourceId") else [])
    dimension = body.get("ScalableDimension")
    return [
        entry
        for entry in entries
        if entry["ServiceNamespace"] == body.get("ServiceNamespace")
        and (not names or entry["ResourceId"] in names)
        and (not dimension or entry["ScalableDimension"] == dimension)
    ]


def _put_policy(body: Document) -> Document:
    kind = body.get("PolicyType", "StepScaling")
    configuration = body.get(f"{kind}PolicyConfiguration")
    if not configuration or not body.get("PolicyName"):
        raise RefusedError("ValidationException", f"PolicyName and {kind}PolicyConfiguration are required")
    policy = policies.put_policy(target_key(body), body["PolicyName"], kind, configuration)
    return {"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}


def _describe_policies(body: Document) -> Document:
    wanted = body.get("PolicyNames")
    found = _matching(policies.every(), body)
    return {"ScalingPolicies": [policy for policy in found if not wanted or policy["PolicyName"] in wanted]}


def _delete_policy(body: Document) -> Document:
    policy = policies.find(target_key(body), body.get("PolicyName", ""))
    policies.delete_policy(policy["PolicyARN"] if policy else body.get("PolicyName", ""))
    return {}


def _put_scheduled(body: Document) -> Document:
    scheduled.put(target_key(body), body)
    return {}


def _describe_scheduled(body: Document) -> Document:
    return {"ScheduledActions": _matching(scheduled.every(), body)}


def _describe_activities(body: Document) -> Document:
    """Newest first; those that changed nothing only if asked for."""
    everyone = body.get("IncludeNotScaledActivities", False)
    shown = [
        activity.shown()
        for name in activities.here()
        for activity in activities.of_target(name)
        if everyone or not activity.reasons
    ]
    found = sorted(_matching(shown, body), key=lambda activity: activity["StartTime"], reverse=True)
    start = int(body.get("NextToken") or 0)
    end = start + int(body.get("MaxResults") or 50)
    following = {"NextToken": str(end)} if end < len(found) else {}
    return {"ScalingActivities": found[start:end], **following}


def _tag(body: Document) -> Document:
    arn = _known(body["ResourceARN"])
    tags[arn] = {**tags.get(arn, {}), **body["Tags"]}
    return {}


def _untag(body: Document) -> Document:
    arn = _known(body["ResourceARN"])
    tags[arn] = {key: value for key, value in tags.get(arn, {}).items() if key not in body["TagKeys"]}
    return {}


def _list_tags(body: Document) -> Document:
    return {"Tags": tags.get(_known(body["ResourceARN"]), {})}


def _known(arn: str) -> str:
    if not any(target["ScalableTargetARN"] == arn for target in targets.every()):
        raise RefusedError("ResourceNotFoundException", f"Resource not found: {arn}")
    return arn


ACTIONS = {
    "RegisterScalableTarget": _register,
    "DeregisterScalableTarget": _deregister,
    "DescribeScalableTargets": _describe_targets,
    "PutScalingPolicy": _put_policy,
    "DescribeScalingPolicies": _describe_policies,
    "DeleteScalingPolicy": _delete_policy,
    "PutScheduledAction": _put_scheduled,
    "DescribeScheduledActions": _describe_scheduled,
    "DescribeScalingActivities": _describe_activities,
    "TagResource": _tag,
    "UntagResource": _untag,
    "ListTagsForResource": _list_tags,
}


async def handle_request(
    _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
) -> Response:
    action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
    handler = ACTIONS.get(action)
    try:
        if handler is None:
            return _answer(400, {"__type": "UnknownOperationException", "message": f"no operation {action}"})
        return _answer(200, handler(json.loads(body or b"{}")))
    except RefusedError as refused:
        return _answer(400, {"__type": refused.code, "message": str(refused)})


def _answer(status: int, document: Document) -> Response:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(document).encode()
