"""Called by API Gateway for what is posted to a hook: by its secret, and by no signature of AWS's."""

from __future__ import annotations

import base64
import json
from typing import Any

from stargate.api.problems import PROBLEM_TYPE, Reply, problem_of
from stargate.errors import StargateError
from stargate.telemetry import count, logger, observed
from stargate.wiring.operating import receive_delivery


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    hook_id = (event.get("pathParameters") or {}).get("hook", "")
    return _answer(_reply(hook_id, event.get("headers") or {}, raw))


def _reply(hook_id: str, headers: dict[str, str], body: bytes) -> Reply:
    try:
        taken = receive_delivery()(hook_id, headers, body)
    except StargateError as error:
        told = problem_of(error)
        if told is None or told.status >= 500:  # what the sender cannot mend fails the function, and rings
            raise
        count("DeliveryRefused")
        logger.info("refused", extra={"problem": told.body})
        return told
    logger.info("delivery", extra=taken)
    return Reply(202, taken)


def _answer(reply: Reply) -> dict[str, Any]:
    kind = PROBLEM_TYPE if reply.status >= 400 else "application/json"
    return {"statusCode": reply.status, "headers": {"Content-Type": kind}, "body": json.dumps(reply.body)}
