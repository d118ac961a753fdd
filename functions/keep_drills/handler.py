"""Called every few minutes: drills that died are cleaned up after, drills that are due are asked for."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.drills import keep_drills


@observed
def handle(_event: dict[str, Any], _context: Any) -> dict[str, str]:
    done = keep_drills()()
    logger.info("kept drills", extra={"done": done})
    return done
