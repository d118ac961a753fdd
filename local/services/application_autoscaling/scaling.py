"""A target tracking policy is triggered by its alarm: gather, decide, set the desired count, remember why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from local.gateways import registry
from local.services.application_autoscaling import activities, policies, scheduled, targets
from local.services.application_autoscaling.activities import Activity
from local.services.application_autoscaling.parameters import DEFAULT_COOLDOWN
from local.services.application_autoscaling.refusals import RefusedError
from local.services.application_autoscaling.target_tracking import (
    Earlier,
    NotScaled,
    Scale,
    Situation,
    scale_in,
    scale_out,
)

if TYPE_CHECKING:
    from local.services.application_autoscaling.targets import TargetKey
    from local.services.cloudwatch.actions import Ringing

Document: TypeAlias = dict[str, Any]


def perform(ringing: Ringing) -> None:
    """Called each minute that the alarm of a policy rings."""
    policy = policies.with_arn(ringing.policy_arn.split(":createdBy/")[0])
    if policy is None or ringing.value is None or policy["PolicyType"] != policies.TRACKING:
        return
    key = targets.target_key(policy)
    out = ringing.alarm["ComparisonOperator"] == "GreaterThanThreshold"
    if not out and not all_call_for_less(key):
        return
    try:
        situation = situation_of(key, policy, ringing.value, ringing.at)
    except RefusedError:  # the service is gone, and its target about to be
        return
    decided = scale_out(situation) if out else scale_in(situation)
    cause = (
        f"monitor alarm {ringing.alarm['AlarmName']} in state ALARM triggered policy {policy['PolicyName']}"
    )
    if isinstance(decided, Scale):
        targets.set_capacity(key, decided.to, cause, policy["PolicyARN"])
    elif isinstance(decided, NotScaled):
        _note_not_scaled(key, policy, situation, decided, cause)


def all_call_for_less(key: TargetKey) -> bool:
    """With several policies, a target scales in only if each that may scale in is ready to."""
    lows = [
        alarm["AlarmName"]
        for policy in policies.of_target(key)
        for alarm in policy["Alarms"]
        if "-AlarmLow-" in alarm["AlarmName"]
    ]
    return all((cloudwatch._alarms.get(name) or {}).get("StateValue") == "ALARM" for name in lows)


def situation_of(key: TargetKey, policy: Document, value: float, now: float) -> Situation:
    target, service = targets.find(key), targets.ecs_service(key)
    configuration, suspended = policy[policies.CONFIGURATION], target["SuspendedState"]
    return Situation(
        current=service["desiredCount"],
        minimum=target["MinCapacity"],
        maximum=target["MaxCapacity"],
        value=value,
        target=float(configuration["TargetValue"]),
        now=now,
        out_cooldown=configuration.get("ScaleOutCooldown", DEFAULT_COOLDOWN),
        in_cooldown=configuration.get("ScaleInCooldown", DEFAULT_COOLDOWN),
        last_out=_earlier(activities.newest(key.name(), policy["PolicyARN"], out=True)),
        last_in=_earlier(activities.newest(key.name(), policy["PolicyARN"], out=False)),
        out_suspended=suspended["DynamicScalingOutSuspended"],
        in_suspended=suspended["DynamicScalingInSuspended"],
        deploying=_deploying(service),
    )


def _earlier(activity: Activity | None) -> Earlier | None:
    return Earlier(activity.before, activity.started, activity.ended) if activity else None


def _deploying(service: Document) -> bool:
    """ECS's own word: scaling in is turned off while a deployment is in progress."""
    states = [deployment.get("rolloutState") for deployment in service.get("deployments") or []]
    return "IN_PROGRESS" in states


def _note_not_scaled(
    key: TargetKey, policy: Document, situation: Situation, decided: NotScaled, cause: str
) -> None:
    capacities = {
        "AlreadyAtMaxCapacity": {"MaxCapacity": situation.maximum},
        "AlreadyAtMinCapacity": {"MinCapacity": situation.minimum},
    }
    reason = {
        "Code": decided.code,
        **capacities.get(decided.code, {}),
        "CurrentCapacity": situation.current,
    }
    activity = Activity(
        key.members(),
        cause,
        situation.current,
        situation.current,
        situation.minimum,
        situation.maximum,
        situation.now,
        policy["PolicyARN"],
        status="Unfulfilled",
        message="The target was not scaled.",
        ended=situation.now,
        reasons=[reason],
    )
    activities.note_not_scaled(key.name(), activity)


def settle(_now: float) -> None:
    """Begin, in all regions, what is due, and end what ECS has fulfilled. All is on the registry's clock."""
    scheduled.settle()
    for place, name in activities.unsettled():
        with request_scope(*place):
            targets.settle_activities(targets.key_of(name), registry.now())
