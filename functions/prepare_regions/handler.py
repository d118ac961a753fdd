"""Called by the provision workflow, where a region is not prepared, until it is or its patience ends."""

from __future__ import annotations

from typing import Any

from stargate import wiring
from stargate.telemetry import observed


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, bool]:
    wiring.prepare_regions()(event["environment_id"], event["attempt"])
    return {"ok": True}
