"""CloudWatch alarms of one metric, of metric math, composite: what one means is looked up, not parsed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stargate.domain.signals.envelope import CONTROL_PLANE, environment_in, moment, number, text, under
from stargate.domain.signals.own import own_alarm
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

# (subject, measure in an alarm's name) → the kind of condition that the alarm reports.
MEASURES: Mapping[tuple[str, str], str] = {
    ("litellm", "cpu"): "cpu-high",
    ("litellm", "memory"): "memory-high",
    ("litellm", "errors"): "errors-high",
    ("litellm", "first-token"): "latency-high",
    ("litellm", "latency"): "latency-high",  # its name in gateways that have not been updated since
    ("database", "cpu"): "cpu-high",
    ("database", "connections"): "connections-high",
    ("bedrock", "throttles"): "model-throttled",
    ("bedrock", "quota"): "quota-warning",
}
OTHER = "alarm"  # an alarm of somebody's own that is named as ours are: how bad it is, is all it says
LEVELS = (Severity.WARNING, Severity.CRITICAL)

# What follows `stargate-<environment>-` in an alarm's name → kind, subject, severity.
MEANINGS: Mapping[str, tuple[str, str, Severity]] = {
    f"{subject}-{measure}-{level}": (kind, subject, level)
    for (subject, measure), kind in MEASURES.items()
    for level in LEVELS
}
TURNS = {"ALARM": Turn.OPENS, "OK": Turn.CLOSES}
TRACKING = "TargetTracking-service/stargate-"  # how Application Auto Scaling names its own
CONTRIBUTOR = "an alarm tells of itself when one of its contributors rings"


def read_alarm(envelope: Envelope) -> Signal | Ignored:
    name = text(envelope.detail, "alarmName")
    environment = environment_in(name)
    value, facts = text(envelope.detail, "state", "value"), _facts(envelope.detail)
    if name.startswith(TRACKING):
        cluster = name.removeprefix("TargetTracking-service/").partition("/")[0]
        return envelope.ignored(
            "the inner loop's own alarm: target tracking answers it", environment_in(cluster)
        )
    own = own_alarm(name, TURNS.get(value, Turn.TELLS), facts)
    if own is not None and value in TURNS:
        return envelope.told(own, CONTROL_PLANE, "")
    if environment is None:
        what = f"not ours: the alarm {name or 'without a name'}"
        return envelope.ignored(what, seen=_of_anybody(name, value))
    at = moment(envelope.detail, "state", "timestamp") or envelope.at
    signal = alarm_signal(envelope.event_id, name, value, at, envelope.region, facts)
    return signal or envelope.ignored(_no_meaning(name, value), environment)


def read_contributor(envelope: Envelope) -> Ignored:
    """One series of an alarm that watches several."""
    environment = environment_in(text(envelope.detail, "alarmName"))
    return envelope.ignored(f"told by its alarm: {CONTRIBUTOR}", environment)


def alarm_signal(
    event_id: str, name: str, value: str, at: float, region: str, facts: Mapping[str, Any]
) -> Signal | None:
    """What an alarm in this state says, or None if it says nothing to us."""
    environment = environment_in(name)
    meaning = _meaning(name.removeprefix(f"stargate-{environment}-"))
    if environment is None or meaning is None or value not in TURNS:
        return None
    kind, subject, severity = meaning
    return Signal(
        event_id=event_id,
        at=at,
        environment=environment,
        kind=kind,
        subject=subject,
        severity=severity,
        turn=TURNS[value],
        source=name,
        region=region,
        facts=facts,
    )


def _meaning(told: str) -> tuple[str, str, Severity] | None:
    """Of what follows the environment in its name; one that is named alike is as bad as it says."""
    if told in MEANINGS:
        return MEANINGS[told]
    subject, _, level = told.rpartition("-")
    return (OTHER, subject, Severity(level)) if subject and level in LEVELS else None


def _of_anybody(name: str, value: str) -> Seen | None:
    """An alarm that we know nothing of: that it rings is all there is to see."""
    if value not in TURNS:
        return None
    severity = Severity.WARNING if value == "ALARM" else Severity.INFO
    return Seen(OTHER, severity, TURNS[value], name, name)


def _no_meaning(name: str, value: str) -> str:
    if value in TURNS:
        return f"unknown: the alarm {name} has no meaning in our table"
    return f"the alarm {name} is {value or 'in no state'}: that says nothing of what it measures"


def _facts(detail: Mapping[str, Any]) -> dict[str, Any]:
    data = _reason_data(text(detail, "state", "reasonData") and under(detail, "state", "reasonData"))
    points = under(data, "recentDatapoints")
    newest = points[-1:] if isinstance(points, list) else []
    found = {
        "reason": text(detail, "state", "reason"),
        "was": text(detail, "previousState", "value"),
        "threshold": number(data, "threshold"),
        "value": number({"newest": newest[0]}, "newest") if newest else None,
        "triggered_by": _triggers(data),
        "suppressed_by": text(detail, "state", "actionsSuppressedBy"),
        "muted_by": text(detail, "muteDetail", "mutedByArn"),
    }
    return {name: value for name, value in found.items() if value not in ("", None, [])}


def _triggers(data: object) -> list[str]:
    """The names of the alarms that a composite one rings for."""
    alarms = under(data, "triggeringAlarms")
    arns = [text(one, "arn") for one in alarms] if isinstance(alarms, list) else []
    return [arn.rpartition(":alarm:")[2] for arn in arns if arn][:20]


def _reason_data(written: str) -> Any:
    """It is JSON inside of JSON, and as free to be broken."""
    try:
        return json.loads(written) if written else None
    except (ValueError, RecursionError):
        return None
