"""Called by the remediate workflow until the effect is there, or its time is over."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.operating import verify_effect


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    verified = verify_effect()(event["environment_id"], event["action_id"])
    logger.info(verified["reason"], extra={**event, "outcome": verified["outcome"]})
    return verified
