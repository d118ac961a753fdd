"""Called each minute: orders the looks at every gateway that runs."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.scaling import order_looks


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, int]:
    gateways = order_looks()(str(event.get("id", "the minute")))
    logger.info("looks ordered", extra={"gateways": gateways})
    return {"gateways": gateways}
