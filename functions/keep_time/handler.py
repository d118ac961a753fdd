"""Called every few minutes: ends, schedules, and databases that AWS started on its own."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.life import keep_time


@observed
def handle(_event: dict[str, Any], _context: Any) -> dict[str, str]:
    done = keep_time()()
    logger.info("kept time", extra={"done": done})
    return done
