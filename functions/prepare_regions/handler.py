"""Called by the provision workflow, where a region is not prepared, until it is or its patience ends."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.provisioning import prepare_regions


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, bool]:
    prepare_regions()(event["environment_id"], event["attempt"])
    return {"ok": True}
