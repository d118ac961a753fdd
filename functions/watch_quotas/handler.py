"""Called each minute: how much of each model's quota is used, told as metrics, budgets and signals."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.scaling import watch_quotas


@observed
def handle(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    told = watch_quotas()()
    logger.info("watched quotas", extra={"regions": told})
    return told
