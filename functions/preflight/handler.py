"""Called by the provision workflow before anything is created."""

from __future__ import annotations

from typing import Any

from stargate import wiring
from stargate.telemetry import observed


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, list[str]]:
    return {"regions": list(wiring.preflight()(event["environment_id"], event["attempt"]))}
