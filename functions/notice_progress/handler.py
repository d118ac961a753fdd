"""Called by EventBridge for each change of our stacks, their resources and our one-off tasks."""

from __future__ import annotations

from typing import Any

from stargate.domain.provisioning.events import read_event
from stargate.telemetry import logger, observed
from stargate.wiring.provisioning import notice_progress


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, list[str]]:
    happening = read_event(event)
    woken = [] if happening is None else list(notice_progress()(happening))
    logger.info("noticed", extra={"event_id": event["id"], "woken": woken})
    return {"woken": woken}
