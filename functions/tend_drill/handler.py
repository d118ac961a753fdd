"""Called by the drill workflow until the gateway is well: stops the drill, or rescues what refuses."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.drills import tend_drill


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    told = tend_drill()(event["environment_id"], event["drill_id"])
    logger.info("tend_drill", extra={**event, **told})
    return told
