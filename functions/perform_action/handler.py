"""Called by the remediate workflow: the one place where a running gateway is changed."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import count, logger, observed
from stargate.wiring.operating import perform_action


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    performed = perform_action()(event["environment_id"], event["action_id"])
    logger.info(performed["reason"], extra=event)
    count("ActionPerformed" if performed["performed"] else "ActionWithdrawn")
    return performed
