"""Called by the sleep workflow until nothing of the gateway runs."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.life import sleep_gateway


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, bool]:
    sleep_gateway()(event["environment_id"], event["attempt"])
    return {"ok": True}
