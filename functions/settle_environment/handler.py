"""Called by both workflows at their end."""

from __future__ import annotations

from typing import Any

from stargate.domain.environment import Status
from stargate.telemetry import count, observed
from stargate.wiring.provisioning import settle_environment


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, str]:
    status = settle_environment()(
        event["environment_id"],
        event["attempt"],
        Status(event["outcome"]),
        event.get("error") or "",
        event.get("cause") or "",
    )
    count(f"Environment{status.value.capitalize()}")
    return {"status": status.value}
