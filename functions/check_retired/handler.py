"""Called by the retire workflow after the last stack is gone."""

from __future__ import annotations

from typing import Any

from stargate import wiring
from stargate.telemetry import observed


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, bool]:
    wiring.check_retired()(event["environment_id"], event["attempt"])
    return {"ok": True}
