"""Called by EventBridge for whatever AWS tells of a running gateway: alarms, tasks, services, scaling."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import count, logger, observed
from stargate.wiring.operating import receive_signal


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    taken = receive_signal()(event)
    document = taken.document()
    logger.info("signal", extra=document)
    count(f"Signal{taken.outcome.capitalize()}")
    return document
