"""From whatever event to a signal, or to the reason why it is none. Never raises on a JSON value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from stargate.domain.signals.alarms import read_alarm
from stargate.domain.signals.autoscaling import read_activity
from stargate.domain.signals.ecs import read_deployment, read_service_action, read_task
from stargate.domain.signals.envelope import EVERY, Envelope, opened, text
from stargate.domain.signals.health import read_health
from stargate.domain.signals.own import read_execution
from stargate.domain.signals.quotas import read_trusted_advisor
from stargate.domain.signals.rds import read_database, read_other
from stargate.domain.signals.shapes import unwrapped
from stargate.domain.signals.signal import Ignored, Seen, Signal
from stargate.domain.signals.spending import read_anomaly, read_budget
from stargate.domain.signals.stacks import read_drift, read_resource, read_stack
from stargate.domain.signals.trail import read_record
from stargate.domain.signals.webhooks import read_alert

Reader = Callable[[Envelope], Signal | Ignored]

BY_SHAPE: Mapping[tuple[str, str], Reader] = {
    ("aws.cloudwatch", "CloudWatch Alarm State Change"): read_alarm,
    ("aws.ecs", "ECS Task State Change"): read_task,
    ("aws.ecs", "ECS Service Action"): read_service_action,
    ("aws.ecs", "ECS Deployment State Change"): read_deployment,
    (
        "aws.application-autoscaling",
        "Application Auto Scaling Scaling Activity State Change",
    ): read_activity,
    ("aws.rds", "RDS DB Instance Event"): read_database,
    ("aws.health", "AWS Health Event"): read_health,
    ("aws.trustedadvisor", "Trusted Advisor Check Item Refresh Notification"): read_trusted_advisor,
    ("aws.cloudformation", "CloudFormation Stack Status Change"): read_stack,
    ("aws.cloudformation", "CloudFormation Resource Status Change"): read_resource,
    ("aws.cloudformation", "CloudFormation Drift Detection Status Change"): read_drift,
    ("aws.ce", "Anomaly Detected"): read_anomaly,
    ("aws.budgets", "Budget Notification"): read_budget,
    ("aws.states", "Step Functions Execution Status Change"): read_execution,
    ("webhook", "Alert"): read_alert,
}
BY_DETAIL_TYPE: Mapping[str, Reader] = {
    "AWS Health Abuse Event": read_health,
    "AWS Service Event via CloudTrail": read_record,
    "AWS API Call via CloudTrail": read_record,
}
RDS_OTHERS = "RDS DB "


def signals_in(event: object, meant: str | None = None) -> tuple[Signal | Ignored, ...]:
    """One for each event that is wrapped in it; `meant` is the environment for what concerns all of them."""
    return tuple(_for(_read(one), meant) for one in unwrapped(event))


def read_signal(event: object) -> Signal | Ignored:
    """Of an event that comes alone, as EventBridge sends them."""
    return signals_in(event)[0]


def _read(event: object) -> Signal | Ignored:
    if not isinstance(event, Mapping):
        return Ignored("", "malformed: no JSON object")
    source, kind = text(event, "source"), text(event, "detail-type")
    reader = BY_SHAPE.get((source, kind)) or BY_DETAIL_TYPE.get(kind)
    if reader is None and source == "aws.rds" and kind.startswith(RDS_OTHERS):
        reader = read_other
    if reader is None:
        named = " ".join(part for part in (source, kind) if part) or "neither source nor detail-type"
        return Ignored(text(event, "id"), f"unknown shape: {named} is of no concern here")
    envelope = opened(event)
    return envelope if isinstance(envelope, Ignored) else reader(envelope)


def _for(read: Signal | Ignored, meant: str | None) -> Signal | Ignored:
    if isinstance(read, Ignored):
        return read
    if read.environment == EVERY:
        if meant is not None:
            return replace(read, environment=meant)
        reason = f"of every environment of the account in {read.region}: none is named"
        return _left(read, reason, None)
    if meant is not None and read.environment != meant:
        return _left(read, f"about {read.environment}, not {meant}", read.environment)
    return read


def _left(read: Signal, reason: str, environment: str | None) -> Ignored:
    seen = Seen(read.kind, read.severity, read.turn, read.subject, read.source, read.facts)
    return Ignored(read.event_id, reason, environment, read.at, seen)
