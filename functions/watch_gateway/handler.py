"""Called by the drill workflow: probes the gateway each second, before, during and after the failure."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.drills import watch_gateway


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    told = watch_gateway()(event["environment_id"], event["drill_id"])
    logger.info("watch_gateway", extra={**event, **told})
    return told
