"""Money: anomalies that Cost Explorer finds, and budgets that are passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import EVERY, environment_in, number, text
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from stargate.domain.signals.envelope import Envelope

CRITICAL_DOLLARS = 100.0  # a day's fixed cost of four sandboxes: nobody's rounding error
ACTUAL = "ACTUAL"


def read_anomaly(envelope: Envelope) -> Signal | Ignored:
    impact = number(envelope.detail, "impact", "totalImpact") or 0.0
    severity = Severity.CRITICAL if impact >= CRITICAL_DOLLARS else Severity.WARNING
    facts = {
        "impact_usd": impact,
        "service": text(envelope.detail, "dimensionalValue"),
        "since": text(envelope.detail, "anomalyStartDate"),
    }
    anomaly = text(envelope.detail, "anomalyId") or envelope.event_id
    told = {name: value for name, value in facts.items() if value}
    return envelope.told(Seen("cost-anomaly", severity, Turn.OPENS, "cost", anomaly, told), EVERY, "")


def read_budget(envelope: Envelope) -> Signal | Ignored:
    """Actual money over a threshold is critical, a forecast of it a warning."""
    name, kind = text(envelope.detail, "budget"), text(envelope.detail, "type").upper()
    severity = Severity.CRITICAL if kind == ACTUAL else Severity.WARNING
    facts = {key: value for key, value in envelope.detail.items() if key != "budget" and value}
    owner = environment_in(name) or EVERY
    return envelope.told(
        Seen("budget-passed", severity, Turn.OPENS, "cost", f"budget {name}", facts), owner, ""
    )
