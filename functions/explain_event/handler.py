"""Called by the API, which waits for it: what an event would lead to, with no right but to look."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import observed
from stargate.wiring.operating import explain_event


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return explain_event()(event["name"], event["event"])
