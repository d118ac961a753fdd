"""Called every few minutes: what each environment has used since, at the price it had."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.costs import meter_use


@observed
def handle(_event: dict[str, Any], _context: Any) -> dict[str, str]:
    done = meter_use()()
    logger.info("metered", extra={"done": done})
    return done
