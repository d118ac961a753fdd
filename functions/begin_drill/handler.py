"""Called by the drill workflow first: announces the drill and mutes the loop."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.drills import begin_drill


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    drill = begin_drill()(event["environment_id"], event["drill_id"])
    logger.info("a drill begins", extra=event)
    return {"kind": drill.kind.value}
