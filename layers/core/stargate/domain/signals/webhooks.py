"""Alerts of Alertmanager and Grafana: the environment is a label of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import environment_in, text
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from stargate.domain.signals.envelope import Envelope

SEVERITIES = {"critical": Severity.CRITICAL, "page": Severity.CRITICAL, "info": Severity.INFO}
ENDS = frozenset({"resolved", "ok", "normal"})


def read_alert(envelope: Envelope) -> Signal | Ignored:
    alert = envelope.detail
    name = text(alert, "labels", "alertname") or "an alert without a name"
    label = text(alert, "labels", "environment") or text(alert, "labels", "stargate_environment")
    over = text(alert, "status").lower() in ENDS
    seen = Seen(
        kind="alert",
        severity=SEVERITIES.get(text(alert, "labels", "severity").lower(), Severity.WARNING),
        turn=Turn.CLOSES if over else Turn.OPENS,
        subject=text(alert, "labels", "service") or name,
        source=text(alert, "fingerprint") or name,
        facts={"alert": name, "says": text(alert, "annotations", "summary")},
    )
    return envelope.told(
        seen, environment_in(f"stargate-{label.removeprefix('stargate-')}"), f"the alert {name}"
    )
