"""CloudWatch alarms. What an alarm means is looked up, not parsed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stargate.domain.signals.envelope import environment_in, moment, number, text, under
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

# (subject, measure in an alarm's name) → the kind of condition that the alarm reports.
MEASURES: Mapping[tuple[str, str], str] = {
    ("litellm", "cpu"): "cpu-high",
    ("litellm", "memory"): "memory-high",
    ("litellm", "errors"): "errors-high",
    ("litellm", "latency"): "latency-high",
    ("database", "cpu"): "cpu-high",
    ("database", "connections"): "connections-high",
}
LEVELS = (Severity.WARNING, Severity.CRITICAL)

# What follows `stargate-<environment>-` in an alarm's name → kind, subject, severity.
MEANINGS: Mapping[str, tuple[str, str, Severity]] = {
    f"{subject}-{measure}-{level}": (kind, subject, level)
    for (subject, measure), kind in MEASURES.items()
    for level in LEVELS
}
TURNS = {"ALARM": Turn.OPENS, "OK": Turn.CLOSES}


def read_alarm(envelope: Envelope) -> Signal | Ignored:
    name = text(envelope.detail, "alarmName")
    environment = environment_in(name)
    value = text(envelope.detail, "state", "value")
    if environment is None:
        return envelope.ignored(
            f"not ours: the alarm {name or 'without a name'}", seen=_of_anybody(name, value)
        )
    at = moment(envelope.detail, "state", "timestamp") or envelope.at
    signal = alarm_signal(envelope.event_id, name, value, at, envelope.region, _facts(envelope.detail))
    return signal or envelope.ignored(_no_meaning(name, value), environment)


def alarm_signal(
    event_id: str, name: str, value: str, at: float, region: str, facts: Mapping[str, Any]
) -> Signal | None:
    """What an alarm in this state says, or None if it says nothing to us."""
    environment = environment_in(name)
    meaning = MEANINGS.get(name.removeprefix(f"stargate-{environment}-"))
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


def _of_anybody(name: str, value: str) -> Seen | None:
    """An alarm that we know nothing of: that it rings is all there is to see."""
    if value not in TURNS:
        return None
    severity = Severity.WARNING if value == "ALARM" else Severity.INFO
    return Seen("alarm", severity, TURNS[value], name, name)


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
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def _reason_data(written: str) -> Any:
    """It is JSON inside of JSON, and as free to be broken."""
    try:
        return json.loads(written) if written else None
    except (ValueError, RecursionError):
        return None
