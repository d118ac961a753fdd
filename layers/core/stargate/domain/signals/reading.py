"""From whatever event to signals, or to the reason why it is none. Never raises on a JSON value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from stargate.domain.signals.alarms import read_alarm, read_contributor
from stargate.domain.signals.autoscaling import read_activity
from stargate.domain.signals.ecs import read_service
from stargate.domain.signals.envelope import CONTROL_PLANE, EVERY, Envelope, opened, text
from stargate.domain.signals.health import read_health
from stargate.domain.signals.own import read_drift_examined, read_execution
from stargate.domain.signals.quotas import read_quota_monitor, read_trusted_advisor
from stargate.domain.signals.rds import read_database, read_other
from stargate.domain.signals.scope import GLOBAL
from stargate.domain.signals.shapes import unwrapped
from stargate.domain.signals.signal import Ignored, Seen, Signal
from stargate.domain.signals.spending import read_anomaly, read_budget
from stargate.domain.signals.stacks import read_drift, read_resource, read_stack
from stargate.domain.signals.tasks import read_task
from stargate.domain.signals.trail import read_record
from stargate.domain.signals.webhooks import read_alert

Read = Signal | Ignored
Reader = Callable[[Envelope], Read | tuple[Read, ...]]

BY_SHAPE: Mapping[tuple[str, str], Reader] = {
    ("aws.cloudwatch", "CloudWatch Alarm State Change"): read_alarm,
    ("aws.cloudwatch", "CloudWatch Alarm Contributor State Change"): read_contributor,
    ("aws.ecs", "ECS Task State Change"): read_task,
    ("aws.ecs", "ECS Service Action"): read_service,
    ("aws.ecs", "ECS Deployment State Change"): read_service,
    (
        "aws.application-autoscaling",
        "Application Auto Scaling Scaling Activity State Change",
    ): read_activity,
    ("aws.rds", "RDS DB Instance Event"): read_database,
    ("aws.rds", "RDS DB Cluster Event"): read_database,
    ("aws.health", "AWS Health Event"): read_health,
    ("aws.trustedadvisor", "Trusted Advisor Check Item Refresh Notification"): read_trusted_advisor,
    ("aws-solutions.quota-monitor", "Service Quotas Utilization Notification"): read_quota_monitor,
    ("aws.cloudformation", "CloudFormation Stack Status Change"): read_stack,
    ("aws.cloudformation", "CloudFormation Resource Status Change"): read_resource,
    ("aws.cloudformation", "CloudFormation Drift Detection Status Change"): read_drift,
    ("stargate", "Drift Examined"): read_drift_examined,
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
RDS_OTHERS = "RDS "
# What somebody may well send here, and why it calls for nothing.
NO_CONCERN: Mapping[str, str] = {
    "CloudWatch Alarm Configuration Change": "an alarm was made, changed or deleted: it has not rung",
    "CloudFormation StackSet Operation Status Change": "a gateway has no stack sets",
    "EC2 Spot Instance Interruption Warning": "a gateway's tasks are on Fargate, which tells of its own",
    "EC2 Spot Instance Request Fulfillment": "a gateway's tasks are on Fargate, which tells of its own",
    "Parameter Store Change": "a gateway keeps nothing in Parameter Store",
    "Support Case Update": "a case with AWS is answered by people",
    "Subscription Confirmation": "a subscription that waits to be confirmed tells of nothing",
}
NO_CONCERN_OF: Mapping[str, str] = {
    "aws.autoscaling": "a gateway runs on Fargate: it has no Auto Scaling group",
}


def signals_in(event: object, meant: str | None = None) -> tuple[Read, ...]:
    """All that is wrapped in it; `meant` is the environment for what concerns all of them."""
    return tuple(for_environment(read, meant) for read in all_in(event))


def all_in(event: object) -> tuple[Read, ...]:
    """The same, as it was told: what concerns every environment is still of all of them."""
    return tuple(read for one in unwrapped(event) for read in _read(one))


def read_signal(event: object) -> Read:
    """Of an event that tells of one thing, as nearly all of EventBridge's do."""
    return signals_in(event)[0]


def _read(event: object) -> tuple[Read, ...]:
    if not isinstance(event, Mapping):
        return (Ignored("", "malformed: no JSON object"),)
    source, kind = text(event, "source"), text(event, "detail-type")
    reader = BY_SHAPE.get((source, kind)) or BY_DETAIL_TYPE.get(kind)
    if reader is None and source == "aws.rds" and kind.startswith(RDS_OTHERS):
        reader = read_other
    if reader is None:
        return (Ignored(text(event, "id"), _unread(source, kind)),)
    envelope = opened(event)
    if isinstance(envelope, Ignored):
        return (envelope,)
    found = reader(envelope)
    return found if isinstance(found, tuple) else (found,)


def _unread(source: str, kind: str) -> str:
    known = NO_CONCERN.get(kind) or NO_CONCERN_OF.get(source)
    if known is not None:
        return f"of no concern: {known}"
    named = " ".join(part for part in (source, kind) if part) or "neither source nor detail-type"
    return f"unknown shape: {named} is of no concern here"


def for_environment(read: Read, meant: str | None) -> Read:
    """As it concerns this environment; None: whichever it names."""
    if isinstance(read, Ignored):
        return read
    if read.environment == CONTROL_PLANE:
        return read if meant is None else replace(read, environment=meant)
    if read.environment == EVERY:
        return _of_all(read, meant)
    if meant is not None and read.environment != meant:
        return _left(read, f"about {read.environment}, not {meant}", read.environment)
    return read


def _of_all(read: Signal, meant: str | None) -> Read:
    if meant is not None:
        return replace(read, environment=meant)
    place = "" if read.region == GLOBAL else f" in {read.region}"
    return _left(read, f"of every environment of the account{place}: none is named", None)


def _left(read: Signal, reason: str, environment: str | None) -> Ignored:
    seen = Seen(read.kind, read.severity, read.turn, read.subject, read.source, read.facts)
    return Ignored(read.event_id, reason, environment, read.at, seen)
