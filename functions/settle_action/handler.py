"""Called by the remediate workflow at its end, whichever it is."""

from __future__ import annotations

from typing import Any

from stargate.domain.failure import reason_of
from stargate.telemetry import count, observed
from stargate.wiring.operating import settle_action


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, str]:
    reason = event.get("reason") or reason_of(event.get("error") or "", event.get("cause") or "")
    settled = settle_action()(
        event["environment_id"], event["action_id"], event["outcome"], reason, event.get("measured")
    )
    count(f"Action{settled['status'].capitalize()}")
    return settled
