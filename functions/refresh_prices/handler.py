"""Called once a day: asks AWS what the things that gateways are made of cost now."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.costs import refresh_prices


@observed
def handle(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    refreshed = refresh_prices()()
    logger.info("prices asked for", extra={"refreshed": refreshed})
    return refreshed
