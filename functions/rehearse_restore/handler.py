"""Called by the drill_restore workflow, step by step: mark, restore, check, judge."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.drills import rehearse_restore


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    rehearsal = rehearse_restore()
    steps = {
        one.__name__: one for one in (rehearsal.mark, rehearsal.restore, rehearsal.check, rehearsal.judge)
    }
    told = steps[event["step"]](event["environment_id"], event["drill_id"])
    logger.info("rehearse_restore", extra={**event, **told})
    return told
