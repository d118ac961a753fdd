"""What is taken of a delivery to a hook: its alerts, each with what says what it is, and nothing else.

Values that change with every evaluation are left out, so that the same news is the same news. Whatever else a
body might be dressed up as, only alerts leave here, and all of them speak of the hook's environment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from stargate.domain.faults import Fault
from stargate.domain.moments import told
from stargate.domain.signals.envelope import text

if TYPE_CHECKING:
    from stargate.domain.signals.hooks import Hook

MOST_ALERTS = 1000
AT_ONCE = 50  # with texts cut to size this is less than an asynchronous call of a function takes
LABELS = ("alertname", "severity", "service", "instance", "job", "rulename")
ANNOTATIONS = ("summary", "description", "runbook_url")
FIELDS = ("status", "startsAt", "endsAt", "fingerprint", "generatorURL")


def faults_of_delivery(body: Any) -> list[Fault]:
    alerts = body.get("alerts") if isinstance(body, Mapping) else None
    if not isinstance(alerts, list):
        return [Fault("/alerts", "is missing or no list", "the body of an Alertmanager or Grafana webhook")]
    if len(alerts) > MOST_ALERTS:
        allowed = f"at most {MOST_ALERTS}: max_alerts of the receiver"
        return [Fault("/alerts", f"has {len(alerts)} alerts", allowed)]
    return [
        Fault(f"/alerts/{number}", "is no alert", "an object with labels, status and startsAt")
        for number, alert in enumerate(alerts)
        if not isinstance(alert, Mapping) or not isinstance(alert.get("labels"), Mapping)
    ]


def handed_over(hook: Hook, body: Mapping[str, Any], now: float) -> Iterator[dict[str, Any]]:
    """Events for whoever takes signals, each with some of the alerts and the key of their group."""
    taken = [_taken(alert, hook.environment) for alert in body["alerts"]]
    for first in range(0, len(taken), AT_ONCE):
        yield {
            "hook": hook.hook_id,
            "groupKey": text(body, "groupKey"),
            "timestamp": told(now),
            "alerts": taken[first : first + AT_ONCE],
        }


def _taken(alert: Mapping[str, Any], environment: str) -> dict[str, Any]:
    return {
        **_some(alert, FIELDS),
        "labels": {**_some(alert.get("labels"), LABELS), "environment": environment},
        "annotations": _some(alert.get("annotations"), ANNOTATIONS),
    }


def _some(document: Any, names: tuple[str, ...]) -> dict[str, str]:
    return {name: found for name in names if (found := text(document, name))}
