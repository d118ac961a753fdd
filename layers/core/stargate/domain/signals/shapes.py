"""The wrappings in which AWS and others send the same thing, taken off: what is left is an event of its own.

SNS and SQS carry events inside of messages, several at a time; a pipe hands over a bare list; a function's
dead letter has the event that it failed on; a webhook has many alerts. `forms` reads what is inside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stargate.domain.signals.envelope import text, under
from stargate.domain.signals.forms import Around, in_form, plainly

Event = Mapping[str, Any]
WEBHOOKS = frozenset({"groupKey", "receiver", "orgId", "hook"})  # what only a group of alerts has
DEEPEST = 8  # a dead letter in a queue with an SNS message of an event: more is nothing that anybody sends


def unwrapped(event: object) -> Iterator[object]:
    """Each event that is in it, in EventBridge's form where its shape is known; else as it is."""
    return _unwrapped(event, Around(), DEEPEST)


def _unwrapped(event: object, around: Around, deeper: int) -> Iterator[object]:
    inner = _inner(event)
    if inner is None or not deeper:
        yield in_form(event, around)
        return
    closer = _around(event, around)
    for one in inner:
        yield from _unwrapped(one, closer, deeper - 1)


def _inner(event: object) -> list[object] | None:
    """What is carried; None of what is no wrapping."""
    if isinstance(event, list):
        return list(event) if event and all(isinstance(one, Mapping) for one in event) else None
    if not isinstance(event, Mapping):
        return None
    records = event.get("Records")
    if isinstance(records, list) and records:
        return list(records)
    if "requestPayload" in event and isinstance(event.get("requestContext"), Mapping):
        return [event["requestPayload"]]
    return _message(event) or _alerts(event)


def _message(event: Event) -> list[object] | None:
    """Of a record of SNS or SQS, or of a notification of SNS."""
    sns, body, message = event.get("Sns"), event.get("body"), event.get("Message")
    if isinstance(sns, Mapping):
        return [{"Type": "Notification", **sns}]
    if isinstance(body, str) and ("messageId" in event or set(event) == {"body"}):
        return [_said(body)]
    if isinstance(message, str) and (event.get("Type") == "Notification" or "TopicArn" in event):
        return [_said(message)] if event.get("Type", "Notification") == "Notification" else None
    return None


def _alerts(event: Event) -> list[object] | None:
    """Of Alertmanager and Grafana, as they send them or as a hook hands them over."""
    alerts = event.get("alerts")
    if isinstance(alerts, list) and not WEBHOOKS.isdisjoint(event):
        group = text(event, "groupKey")
        return [{"alert": {**one, "group": group} if isinstance(one, Mapping) else one} for one in alerts]
    return None


def _said(message: str) -> object:
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, (Mapping, list)) else {"text": message}


def _around(event: object, around: Around) -> Around:
    """What a wrapping knows that what it carries may lack."""
    at = text(event, "Timestamp") or text(event, "timestamp")
    arn = text(event, "TopicArn") or text(event, "eventSourceARN")
    region = text(event, "awsRegion") or (arn.split(":")[3] if arn.count(":") >= 3 else "")
    return Around(at or around.at, region or around.region)


def is_event(event: object) -> bool:
    """Whether this is anything that AWS, Alertmanager or Grafana might have sent."""
    return any(
        isinstance(one, Mapping) and ("detail-type" in one or isinstance(under(one, "text"), str))
        for one in unwrapped(event)
    )


def as_sent(written: str) -> object | None:
    """What AWS writes as text and not as JSON, as in its SNS message; None if it is not that."""
    message = {"text": written}
    return {"Type": "Notification", "Message": written} if plainly(message, Around()) else None
