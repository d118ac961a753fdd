"""Called every ten minutes: what each environment has spent of its budget, told as signals."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.costs import watch_budgets


@observed
def handle(_event: dict[str, Any], _context: Any) -> dict[str, str]:
    told = watch_budgets()()
    logger.info("watched budgets", extra={"told": told})
    return told
