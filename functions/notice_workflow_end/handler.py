"""Called by EventBridge when a workflow failed, timed out or was stopped."""

from __future__ import annotations

from typing import Any

from stargate.telemetry import logger, observed
from stargate.wiring.workflow_ends import notice_workflow_end


@observed
def handle(event: dict[str, Any], _context: Any) -> None:
    detail = event["detail"]
    logger.info("a workflow ended", extra={"execution": detail["name"], "status": detail["status"]})
    notice_workflow_end(detail["stateMachineArn"])(
        detail["name"], detail["status"], detail.get("error") or "", detail.get("cause") or ""
    )
