"""Called by the queue of looks: one look at each gateway that a batch names, however often it does."""

from __future__ import annotations

import json
from typing import Any

from stargate.telemetry import count, logger, observed
from stargate.wiring.scaling import scale_gateway


@observed
def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    ordered = [json.loads(record["body"]) for record in event["Records"]]
    scale, looked, failures = scale_gateway(), [], []
    for environment_id, cause in {one["environment_id"]: one["cause"] for one in ordered}.items():
        try:
            scaled = scale(environment_id, cause).document()
        except Exception as failure:  # noqa: BLE001  (raised when all have had their turn)
            failures.append(failure)
            continue
        logger.info("looked", extra=scaled)
        count(f"Loop{scaled['verdict'].capitalize()}")
        looked.append(scaled)
    if failures:
        raise ExceptionGroup("not every gateway could be looked at", failures)
    return {"looked": looked}
