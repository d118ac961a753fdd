"""Called by the wake workflow until all of the gateway runs again."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.life import wake_gateway


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, bool]:
    wake_gateway()(event["environment_id"], event["attempt"])
    return {"ok": True}
