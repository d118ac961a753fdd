"""Called by the drill workflow whatever happened: gives the lease back, and tells of a drill that failed."""

from __future__ import annotations

from typing import Any

from stargate.domain.failure import reason_of
from stargate.telemetry import logger, observed
from stargate.wiring.drills import settle_drill


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    reason = reason_of(event.get("error", ""), event.get("cause", ""))
    logger.info("the loop is unmuted", extra={"drill_id": event["drill_id"], "outcome": event["outcome"]})
    return settle_drill()(event["environment_id"], event["drill_id"], event["outcome"], reason)
