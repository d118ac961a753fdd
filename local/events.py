"""The events that AWS services send by themselves, delivered by the local cloud's EventBridge.

EventBridge refuses an `aws.*` source from outside, as AWS does; services emit from within. Everything that
went over the bus is remembered, so that a test or a curious person can ask what the cloud has said.
"""

import json
import time
from collections import deque
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import eventbridge

from local import control

REMEMBERED = 5000
_seen: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)


def emit(
    source: str, detail_type: str, resources: list[str], detail: dict[str, Any], region: str | None = None
) -> None:
    """Put an event of an AWS service on the default bus of the region (the caller's, if none is named)."""
    with request_scope(get_account_id(), region or get_region()):
        entry = {
            "Source": source,
            "DetailType": detail_type,
            "Resources": resources,
            "Detail": json.dumps(detail),
        }
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def install() -> None:
    """Remember every event at the one place that all of them pass."""
    deliver = eventbridge._dispatch_event

    def remember_and_deliver(event: dict[str, Any], view: Any = None) -> None:
        _seen.append(_as_delivered(event))
        deliver(event, view)

    eventbridge._dispatch_event = remember_and_deliver
    control.route("GET", "/_stargate/events", lambda _: {"events": list(_seen)})


def _as_delivered(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": event["EventId"],
        "detail-type": event["DetailType"],
        "source": event["Source"],
        "account": event["Account"],
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event["Time"])),
        "region": event["Region"],
        "resources": event["Resources"],
        "detail": json.loads(event["Detail"]),
    }
