"""Called by the drill workflow: breaks what the drill is about, once the gateway is steady."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.drills import inject_failure


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    told = inject_failure()(event["environment_id"], event["drill_id"])
    logger.info("inject_failure", extra={**event, **told})
    return told
