"""Called by the provision workflow until the gateway is well or its patience ends."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.provisioning import check_gateway


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, bool]:
    check_gateway()(event["environment_id"], event["attempt"])
    return {"ok": True}
