"""Called by the workflow that reports costs when it failed: tells the ledger why."""

from __future__ import annotations

from typing import Any

from stargate.domain.failure import reason_of
from stargate.telemetry import logger, observed
from stargate.wiring.costs import report_costs


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    reason = reason_of(event["error"], event["cause"])
    report_costs("settle_report").failed(event["environment_id"], event["day"], reason)
    logger.info("a report failed", extra={"environment_id": event["environment_id"], "reason": reason})
    return {"outcome": event["outcome"]}
