"""Called by the workflow that reports costs: reads what AWS bills for the environment."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.costs import collect_bill


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    told = collect_bill()(event["environment_id"])
    logger.info("a bill is read", extra={"environment_id": event["environment_id"], "told": told})
    return told
