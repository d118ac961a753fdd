"""Money: anomalies that Cost Explorer finds, and budgets that are passed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import EVERY, environment_in, number, text, under
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

CRITICAL_DOLLARS = 100.0  # a day's fixed cost of four sandboxes: nobody's rounding error
ACTUAL = "ACTUAL"
AMOUNT = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def read_anomaly(envelope: Envelope) -> Signal | Ignored:
    impact = number(envelope.detail, "impact", "totalImpact") or 0.0
    severity = Severity.CRITICAL if impact >= CRITICAL_DOLLARS else Severity.WARNING
    causes = under(envelope.detail, "rootCauses")
    cause = causes[0] if isinstance(causes, list) and causes else {}
    facts = {
        "impact_usd": impact,
        "service": text(cause, "service") or text(envelope.detail, "dimensionalValue"),
        "usage": text(cause, "usageType"),
        "region": text(cause, "region"),
        "since": text(envelope.detail, "anomalyStartDate"),
    }
    anomaly = text(envelope.detail, "anomalyId") or envelope.event_id
    told = {name: value for name, value in facts.items() if value}
    return envelope.told(Seen("cost-anomaly", severity, Turn.OPENS, "cost", anomaly, told), EVERY, "")


def read_budget(envelope: Envelope) -> Signal | Ignored:
    """Spent is critical; on the way there, or expected to get there, is a warning."""
    found = envelope.detail
    name, kind = text(found, "budget"), text(found, "type").upper()
    spent, budgeted = _dollars(text(found, "amount")), _dollars(text(found, "budgeted"))
    gone = kind == ACTUAL and spent is not None and budgeted is not None and spent >= budgeted
    severity = Severity.CRITICAL if gone else Severity.WARNING
    facts = {key: value for key, value in found.items() if key != "budget" and value}
    seen = Seen("budget-passed", severity, Turn.OPENS, "cost", f"budget {name}", facts)
    return envelope.told(seen, environment_in(name) or _tagged(found) or EVERY, "")


def _tagged(found: Mapping[str, object]) -> str | None:
    """A budget that an environment's stack makes may bear its name anywhere."""
    named = (environment_in(word) for word in text(found, "budget").split())
    return next((one for one in named if one), None)


def _dollars(written: str) -> float | None:
    found = AMOUNT.search(written)
    return float(found[0].replace(",", "")) if found else None
