"""Called by the workflow drift until every stack was looked at and all was compared."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.life import examine_drift


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    found = examine_drift()(event["environment_id"], event["execution"])
    logger.info("examine drift", extra={**event, **found})
    return found
