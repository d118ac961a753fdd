"""Called by the retire workflow after the last stack is gone."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.provisioning import check_retired


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, bool]:
    check_retired()(event["environment_id"], event["attempt"])
    return {"ok": True}
