"""Called by the provision workflow with a token, and again when its task has stopped."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.usecases.provisioning.node_moves import call_of
from stargate.wiring.provisioning import run_step


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, str]:
    reason = run_step()(call_of(event))
    logger.info(reason, extra={"environment_id": event["environment_id"], "node": event["node"]})
    return {"reason": reason}
