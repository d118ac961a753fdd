"""Called by the API, which waits for it: what a request would do, with the rights to find out."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.provisioning import plan_environment


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return plan_environment()(event["name"], event["request"])
