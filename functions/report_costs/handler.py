"""Called by the workflow that reports costs: makes the reports of a day and tells people."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.costs import report_costs


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    told = report_costs("report_costs")(event["environment_id"], event["day"], event["bill"])
    logger.info("costs are reported", extra={"environment_id": event["environment_id"], "told": told})
    return told
