"""Called by the API, which waits: a person asks for an action, and what is decided about it is the answer."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import count, observed
from stargate.wiring.operating import take_request


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    answer = take_request()(event["name"], event["request"], event["person"])
    count(f"Request{answer['outcome'].capitalize()}")
    return answer
