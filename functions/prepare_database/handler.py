"""Called by the provision workflow with a token, and again when its task has stopped."""

from __future__ import annotations

from typing import Any

from stargate import wiring
from stargate.telemetry import logger, observed
from stargate.usecases.node_moves import call_of


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, str]:
    reason = wiring.prepare_database()(call_of(event))
    logger.info(reason, extra={"environment_id": event["environment_id"], "node": event["node"]})
    return {"reason": reason}
