"""Called by the retire workflow when all stacks are gone: decides over secrets and snapshot."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.provisioning import dispose_data


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, int]:
    return dispose_data()(event["environment_id"], event["attempt"])
