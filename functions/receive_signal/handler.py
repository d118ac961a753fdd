"""Called by EventBridge and SNS for whatever AWS tells of gateways, or of the account that they are in."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import count, logger, observed
from stargate.wiring.operating import receive_signal


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    documents = [taken.document() for taken in receive_signal()(event)]
    for document in documents:
        logger.info("signal", extra=document)
        count(f"Signal{document['outcome'].capitalize()}")
    return {"taken": documents}
