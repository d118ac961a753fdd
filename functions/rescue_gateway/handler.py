"""Called by the drill workflow until the gateway is well: restarts what refuses for too long."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.drills import rescue_gateway


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    told = rescue_gateway()(event["environment_id"], event["drill_id"])
    logger.info("rescue_gateway", extra={**event, **told})
    return told
