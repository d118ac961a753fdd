"""Alerts of Alertmanager and Grafana: the environment is a label of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.signals.envelope import environment_in, text
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

SEVERITIES = {
    **dict.fromkeys(("critical", "page", "emergency", "fatal"), Severity.CRITICAL),
    **dict.fromkeys(("info", "none", "notice"), Severity.INFO),
}
A_TEST = ("TestAlert", "Grafana")  # alertname and instance of what Grafana's button "Test" sends
# It is part of a sort key, of which DynamoDB takes 1024 bytes: four for some characters.
LONGEST_SUBJECT = 200
ENDS = frozenset({"resolved", "ok", "normal"})


def read_alert(envelope: Envelope) -> Signal | Ignored:
    alert = envelope.detail
    name = text(alert, "labels", "alertname") or "an alert without a name"
    if (name, text(alert, "labels", "instance")) == A_TEST:
        return envelope.ignored("of no concern: a test of Grafana's contact point")
    label = text(alert, "labels", "environment") or text(alert, "labels", "stargate_environment")
    over = text(alert, "status").lower() in ENDS
    seen = Seen(
        kind="alert",
        severity=SEVERITIES.get(text(alert, "labels", "severity").lower(), Severity.WARNING),
        turn=Turn.CLOSES if over else Turn.OPENS,
        subject=(text(alert, "labels", "service") or name)[:LONGEST_SUBJECT],
        source=_source(name, text(alert, "fingerprint")),
        facts=_facts(name, alert),
    )
    return envelope.told(
        seen, environment_in(f"stargate-{label.removeprefix('stargate-')}"), f"the alert {name}"
    )


def _source(name: str, fingerprint: str) -> str:
    """One of its rule's series; the fingerprint tells them apart, the name is for people."""
    return f"{name} ({fingerprint})" if fingerprint else name


def _facts(name: str, alert: Mapping[str, Any]) -> dict[str, str]:
    annotated = (text(alert, "annotations", part) for part in ("summary", "description"))
    says = "; ".join(dict.fromkeys(part for part in annotated if part))
    found = {
        "rule": text(alert, "labels", "rulename"),
        "instance": text(alert, "labels", "instance"),
        "runbook": text(alert, "annotations", "runbook_url"),
        "look": text(alert, "generatorURL"),
        "group": text(alert, "group"),
    }
    return {"alert": name, "says": says, **{key: value for key, value in found.items() if value}}
