"""Called by the provision workflow, where something in common is not there, until it is or patience ends."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.provisioning import prepare_common


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, bool]:
    prepare_common()(event["environment_id"], event["attempt"])
    return {"ok": True}
