"""Called by the workflow drift where something is to be put back."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.life import repair_drift


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    found = repair_drift()(event["environment_id"], event["execution"])
    logger.info("repair drift", extra={**event, **found})
    return found
