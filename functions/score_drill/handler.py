"""Called by the drill workflow last: the verdict."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.drills import score_drill


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    told = score_drill()(event["environment_id"], event["drill_id"])
    logger.info("score_drill", extra={**event, **told})
    return told
