"""Application Auto Scaling for ECS services: bounds, and target tracking through alarms of its own.

An alarm of a policy rings in CloudWatch; what to do about it is decided in target_tracking.py, done through
ECS's own update of a service, and remembered as an activity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack import app
from ministack.core import iam_actions

from local.services.application_autoscaling import activities, policies, scaling, scheduled, targets
from local.services.application_autoscaling.api import deregister_target, handle_request
from local.services.application_autoscaling.policies import delete_policy, put_policy
from local.services.application_autoscaling.refusals import RefusedError
from local.services.application_autoscaling.targets import TargetKey, register_target, target_key
from local.services.cloudwatch import actions
from local.services.cloudwatch.operations import Operations

if TYPE_CHECKING:
    from local.services.cloudwatch import Engine

__all__ = [
    "RefusedError",
    "TargetKey",
    "delete_policy",
    "deregister_target",
    "handle_request",
    "install",
    "put_policy",
    "register_target",
    "reset",
    "target_key",
]


def install(alarms: Engine) -> None:
    app.SERVICE_HANDLERS["application-autoscaling"] = handle_request
    iam_actions.SERVICE_TO_IAM_NAMESPACE["application-autoscaling"] = "application-autoscaling"
    policies.makes_alarms_with(Operations(alarms).put_metric_alarm)
    actions.performs_policies(scaling.perform)
    alarms.each_turn(scaling.settle)


def reset() -> None:
    for part in (targets, policies, activities, scheduled):
        part.reset()
