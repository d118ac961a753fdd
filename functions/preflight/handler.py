"""Called by the provision workflow before anything is created."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.provisioning import preflight


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, list[str]]:
    return {"common": list(preflight()(event["environment_id"], event["attempt"]))}
