"""The events that AWS services send by themselves, delivered by the local cloud's EventBridge.

EventBridge refuses an `aws.*` source from outside, as AWS does; services emit from within. Everything that
went over the bus is remembered, so that a test or a curious person can ask what the cloud has said, and have
it said once more: AWS delivers at least once, in no certain order, and who listens has to bear it.
"""

import json
import math
import time
import uuid
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
        _seen.append(event)
        deliver(event, view)

    eventbridge._dispatch_event = remember_and_deliver
    control.route("GET", "/_stargate/events", lambda _: {"events": [_as_delivered(one) for one in _seen]})
    control.route("POST", "/_stargate/events/redeliver", _redeliver)


def _redeliver(order: dict[str, Any]) -> dict[str, Any]:
    """{"id", "at"?: seconds since 1970, "new_id"?: true}; answers the event as it was delivered now.

    Alone, the very same event comes again; with a new id it is as if its sender had said it twice, and with
    another moment as if it had been said then.
    """
    faults = _faults(order)
    found = next((one for one in reversed(_seen) if one["EventId"] == order.get("id")), None)
    if found is None:
        faults.append(f"no event {order.get('id')!r} is remembered; GET /_stargate/events lists all that are")
    if faults or found is None:
        raise control.RefusedError(faults)
    copy = {name: value for name, value in found.items() if name != "_DispatchPath"}
    copy["Time"] = order.get("at", copy["Time"])
    if order.get("new_id"):
        copy["EventId"] = str(uuid.uuid4())
    with request_scope(copy["Account"], copy["Region"]):
        eventbridge._dispatch_event(copy)
    return _as_delivered(copy)


def _faults(order: dict[str, Any]) -> list[str]:
    unknown = sorted(set(order) - {"at", "id", "new_id"})
    faults = [f"unknown field {name}; allowed: at, id, new_id" for name in unknown]
    at = order.get("at", 0)
    if isinstance(at, bool) or not isinstance(at, int | float) or not (math.isfinite(at) and at >= 0):
        faults.append(f"at must be seconds since 1970, not {at!r}")
    if not isinstance(order.get("new_id", False), bool):
        faults.append(f"new_id must be true or false, not {order['new_id']!r}")
    return faults


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
