"""Called every two minutes: whether each running gateway still takes keys."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.operating import probe_gateways


@observed
def handle(_event: dict[str, Any], _context: Any) -> dict[str, str]:
    told = probe_gateways()()
    logger.info("probed the gateways", extra={"told": told})
    return told
