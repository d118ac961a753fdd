"""Called each minute: alarms tell of changes only, and an event may be lost or a guard may lift.

And out of turn for one environment, by an event of ours: a person has answered what was waited for.
"""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.operating import examine_conditions


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, int]:
    examine, environment_id = examine_conditions(), event.get("detail", {}).get("environment_id")
    examined = examine.one(environment_id) if environment_id else examine()
    told = examined.document()
    logger.info("examined", extra=told)
    return told
