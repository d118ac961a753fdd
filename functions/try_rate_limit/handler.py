"""Called by the API without waiting: tries whether the web ACL blocks who asks too often."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.provisioning import try_rate_limit


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, str]:
    return {"found": try_rate_limit()(event["environment_id"], event["cause"])}
