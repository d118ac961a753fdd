"""From whatever event to a signal, or to the reason why it is none. Never raises on a JSON value."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stargate.domain.signals.alarms import read_alarm
from stargate.domain.signals.autoscaling import read_activity
from stargate.domain.signals.ecs import read_deployment, read_service_action, read_task
from stargate.domain.signals.envelope import Envelope, opened, text
from stargate.domain.signals.signal import Ignored, Signal

Reader = Callable[[Envelope], Signal | Ignored]

READERS: Mapping[tuple[str, str], Reader] = {
    ("aws.cloudwatch", "CloudWatch Alarm State Change"): read_alarm,
    ("aws.ecs", "ECS Task State Change"): read_task,
    ("aws.ecs", "ECS Service Action"): read_service_action,
    ("aws.ecs", "ECS Deployment State Change"): read_deployment,
    (
        "aws.application-autoscaling",
        "Application Auto Scaling Scaling Activity State Change",
    ): read_activity,
}


def read_signal(event: object) -> Signal | Ignored:
    if not isinstance(event, Mapping):
        return Ignored("", "malformed: no JSON object")
    source, kind = text(event, "source"), text(event, "detail-type")
    reader = READERS.get((source, kind))
    if reader is None:
        named = " ".join(part for part in (source, kind) if part) or "neither source nor detail-type"
        return Ignored(text(event, "id"), f"unknown shape: {named} is of no concern here")
    envelope = opened(event)
    return envelope if isinstance(envelope, Ignored) else reader(envelope)
