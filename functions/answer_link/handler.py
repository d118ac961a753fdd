"""Called by whoever follows a one-time link. The address is the secret: nothing here writes it down."""

from __future__ import annotations

import json
from typing import Any

from stargate.api.links import answered
from stargate.telemetry import count, observed
from stargate.wiring.approvals import links


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    reply, page = links()(event)
    headers, body = answered(reply, page, event)
    if event["httpMethod"] == "POST":
        count("LinkAnswered" if reply.status == 200 else "LinkRefused")
    text = body if isinstance(body, str) else json.dumps(body)
    return {"statusCode": reply.status, "headers": headers, "body": text}
