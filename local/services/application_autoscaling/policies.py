"""Scaling policies, and the two alarms that a target tracking policy has of its own."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, TypeAlias

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import cloudwatch

from local.gateways import registry
from local.services.application_autoscaling import targets
from local.services.application_autoscaling.parameters import (
    LOW_SHARE,
    PERIOD,
    PERIODS_HIGH,
    PERIODS_LOW,
)
from local.services.application_autoscaling.refusals import RefusedError
from local.services.cloudwatch.wire import RefusedError as AlarmRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.services.application_autoscaling.targets import TargetKey

Document: TypeAlias = dict[str, Any]

TRACKING = "TargetTrackingScaling"
CONFIGURATION = f"{TRACKING}PolicyConfiguration"
PREDEFINED = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}

_policies = AccountRegionScopedDict()  # ARN -> policy
_put_alarm: list[Callable[[Document], Document]] = []  # CloudWatch's PutMetricAlarm


def makes_alarms_with(put: Callable[[Document], Document]) -> None:
    _put_alarm[:] = [put]


def put_policy(key: TargetKey, name: str, kind: str, configuration: Document) -> Document:
    """Make or replace a policy. The alarms are made anew, under new names; ARN and creation time stay."""
    targets.find(key)
    known = find(key, name)
    arn = str(known["PolicyARN"]) if known else _arn(key, name)
    alarms = tracking_alarms(key, arn, configuration) if kind == TRACKING else []
    _make(alarms)
    if known:
        _delete_alarms(known)
    policy: Document = {
        **key.members(),
        "PolicyARN": arn,
        "PolicyName": name,
        "PolicyType": kind,
        f"{kind}PolicyConfiguration": configuration,
        "Alarms": [_named(alarm["AlarmName"]) for alarm in alarms],
        "CreationTime": known["CreationTime"] if known else registry.now(),
    }
    _policies[arn] = policy
    return policy


def _make(alarms: list[Document]) -> None:
    try:
        for put in _put_alarm:
            for alarm in alarms:
                put(alarm)
    except AlarmRefusedError as refused:
        raise RefusedError("ValidationException", str(refused)) from refused


def _arn(key: TargetKey, name: str) -> str:
    tail = f"scalingPolicy:{uuid.uuid4()}:resource/{key.namespace}/{key.resource}:policyName/{name}"
    return f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:{tail}"


def _named(alarm: str) -> Document:
    arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{alarm}"
    return {"AlarmName": alarm, "AlarmARN": arn}


def tracking_alarms(key: TargetKey, policy_arn: str, configuration: Document) -> list[Document]:
    """The alarm above the target, and the one that calls for less unless scaling in is disabled."""
    target = float(configuration["TargetValue"])
    high = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": PERIODS_HIGH,
        "Threshold": target,
    }
    low = {
        "ComparisonOperator": "LessThanThreshold",
        "EvaluationPeriods": PERIODS_LOW,
        "Threshold": round(target * LOW_SHARE, 10),
    }
    wanted = (
        {"AlarmHigh": high} if configuration.get("DisableScaleIn") else {"AlarmHigh": high, "AlarmLow": low}
    )
    action = f"{policy_arn}:createdBy/{uuid.uuid4()}"
    shared = {
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {action}.",
        "AlarmActions": [action],
        "ActionsEnabled": True,
        "TreatMissingData": "missing",
        **_metric(key, configuration),
    }
    return [
        {"AlarmName": f"TargetTracking-{key.resource}-{kind}-{uuid.uuid4()}", **shared, **judged}
        for kind, judged in wanted.items()
    ]


def _metric(key: TargetKey, configuration: Document) -> Document:
    predefined = configuration.get("PredefinedMetricSpecification")
    if predefined:
        return _predefined(key, str(predefined.get("PredefinedMetricType")))
    custom = configuration.get("CustomizedMetricSpecification")
    if not custom:
        raise RefusedError("ValidationException", "a metric specification is required")
    if custom.get("Metrics"):
        return {"Metrics": custom["Metrics"]}
    return {**custom, "Period": PERIOD}


def _predefined(key: TargetKey, kind: str) -> Document:
    if kind not in PREDEFINED:
        raise RefusedError("ValidationException", f"predefined metric type {kind} is not to be had here")
    _, cluster, service = key.resource.split("/")
    return {
        "Namespace": "AWS/ECS",
        "MetricName": PREDEFINED[kind],
        "Dimensions": [
            {"Name": "ClusterName", "Value": cluster},
            {"Name": "ServiceName", "Value": service},
        ],
        "Statistic": "Average",
        "Unit": "Percent",
        "Period": PERIOD,
    }


def find(key: TargetKey, name: str) -> Document | None:
    return next((policy for policy in of_target(key) if policy["PolicyName"] == name), None)


def with_arn(arn: str) -> Document | None:
    policy: Document | None = _policies.get(arn)
    return policy


def of_target(key: TargetKey) -> list[Document]:
    members = key.members().items()
    return [policy for policy in every() if all(policy[name] == value for name, value in members)]


def every() -> list[Document]:
    return list(_policies.values())


def delete_policy(arn: str) -> None:
    policy = _policies.pop(arn, None)
    if policy is None:
        raise RefusedError("ObjectNotFoundException", f"No scaling policy found for {arn}")
    _delete_alarms(policy)


def _delete_alarms(policy: Document) -> None:
    for alarm in policy["Alarms"]:
        cloudwatch.cloudformation_delete_metric_alarm(alarm["AlarmName"])


def reset() -> None:
    _policies.clear()
