"""Called by the retire workflow when the environment's own is gone, until what it alone shared is gone."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.provisioning import release_common


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, str]:
    return {"outcome": release_common()(event["environment_id"], event["attempt"])}
