"""Called each hour: has the costs of every environment reported whose day is over."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.costs import order_reports


@observed
def handle(_event: dict[str, Any], _context: Any) -> dict[str, str]:
    ordered = order_reports()()
    logger.info("reports ordered", extra={"ordered": ordered})
    return ordered
