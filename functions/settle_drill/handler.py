"""Called by the drill workflow whatever happened: puts back what it took, tells of a drill that failed."""

from __future__ import annotations

from typing import Any

from stargate.domain.failure import reason_of
from stargate.telemetry import logger, observed
from stargate.wiring.drills import settle_drill


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    error = event.get("error", "")
    reason = reason_of(error, event.get("cause", ""))
    told = settle_drill()(event["environment_id"], event["drill_id"], event["outcome"], reason, error)
    logger.info("a drill is put back", extra={"drill_id": event["drill_id"], "outcome": event["outcome"]})
    return told
