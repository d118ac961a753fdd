"""Called by the drill workflow first: announces the drill and mutes the loop."""

from __future__ import annotations

from typing import Any

from stargate import wiring
from stargate.telemetry import logger, observed


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    drill = wiring.begin_drill()(event["environment_id"], event["drill_id"])
    logger.info("a drill begins", extra=event)
    return {"kind": drill.kind.value}
