"""Called by the API, which waits for it: what lies among the dead letters, and some of it brought back."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.letters import redrive_letters


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    told = redrive_letters()(event)
    logger.info("letters", extra={"order": event, "told": told})
    return told
