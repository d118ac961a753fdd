"""Called each minute: alarms tell of changes only, and an event may be lost or a guard may lift."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.operating import examine_conditions


@observed
def handle(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    examined = examine_conditions()()
    told = examined.document()
    logger.info("examined", extra=told)
    return told
