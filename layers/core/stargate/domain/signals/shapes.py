"""The wrappings in which AWS and others send the same thing, taken off: what is left is EventBridge's form.

An alarm comes by EventBridge, by SNS as JSON, or straight to a function; a CloudTrail record alone or in an
event; an anomaly as a bare object; a budget as plain text. SNS and SQS may hold several in one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from stargate.domain.signals.envelope import text, under

Event = Mapping[str, Any]
DEEPEST = 4  # an SQS message of an SNS message of an event: more is nothing that anybody sends
ALARM_CHANGE = "CloudWatch Alarm State Change"
SNS_TIMES = ("%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z")
BUDGET = re.compile(
    r"^\s*(Budget Name|Alert Type|Alert Threshold|(?:ACTUAL|FORECASTED) Amount)\s*:\s*(.+?)\s*$", re.MULTILINE
)
BUDGET_FIELDS = {"Budget Name": "budget", "Alert Type": "type", "Alert Threshold": "threshold"}


def unwrapped(event: object, depth: int = 0) -> Iterator[object]:
    """Each event that is in it, in EventBridge's form where its shape is known; else as it is."""
    inner = _inner(event)
    if inner is None or depth >= DEEPEST:
        yield _in_form(event)
        return
    for one in inner:
        yield from unwrapped(one, depth + 1)


def _inner(event: object) -> list[object] | None:
    """What SNS, SQS or a webhook carries; None of what is no wrapping."""
    if not isinstance(event, Mapping):
        return None
    records = event.get("Records")
    if isinstance(records, list) and records and all(isinstance(one, Mapping) for one in records):
        return [_carried(one) for one in records]
    if isinstance(event.get("Message"), str) and (event.get("Type") == "Notification" or "TopicArn" in event):
        return [_said(event["Message"], event)]
    alerts = event.get("alerts")
    if isinstance(alerts, list) and ("groupKey" in event or "receiver" in event or "orgId" in event):
        return [{"alert": one} for one in alerts]
    return None


def _carried(record: Event) -> object:
    sns, body = record.get("Sns"), record.get("body")
    if isinstance(sns, Mapping):
        return {"Type": "Notification", **sns}
    return _said(body, record) if isinstance(body, str) else record


def _said(message: str, wrapping: Event) -> object:
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, Mapping) else {"text": message, "at": wrapping.get("Timestamp")}


def _in_form(event: object) -> object:
    if not isinstance(event, Mapping):
        return event
    known = event
    if "detail-type" in event and "detail" not in event and isinstance(event.get("alarmData"), Mapping):
        known = {**event, "detail": event["alarmData"]}
    elif "detail-type" not in event:
        known = next((found for read in FORMS if (found := read(event)) is not None), event)
    return {**known, "id": _identity(known, event)} if "detail-type" in known else known


def _identity(known: Event, event: Event) -> str:
    """Its own id, else one that the same content always has."""
    given = text(known, "id")
    if given:
        return given
    content = json.dumps(event, sort_keys=True, default=str)
    return f"content-{hashlib.sha256(content.encode(errors='replace')).hexdigest()[:32]}"


def _alarm_by_sns(event: Event) -> Event | None:
    if not isinstance(event.get("AlarmName"), str) or "NewStateValue" not in event:
        return None
    arn, at = text(event, "AlarmArn"), _iso(text(event, "StateChangeTime"))
    return _event(
        "aws.cloudwatch",
        ALARM_CHANGE,
        at,
        arn,
        {
            "alarmName": event["AlarmName"],
            "state": {
                "value": event["NewStateValue"],
                "reason": text(event, "NewStateReason"),
                "timestamp": at,
            },
            "previousState": {"value": text(event, "OldStateValue")},
        },
    )


def _alarm_to_function(event: Event) -> Event | None:
    data = event.get("alarmData")
    if not isinstance(data, Mapping):
        return None
    return {
        **_event(
            "aws.cloudwatch", ALARM_CHANGE, _iso(text(event, "time")), text(event, "alarmArn"), _timed(data)
        ),
        "region": text(event, "region"),
    }


def _timed(data: Event) -> Event:
    state = data.get("state")
    if not isinstance(state, Mapping):
        return data
    return {**data, "state": {**state, "timestamp": _iso(text(state, "timestamp"))}}


def _trail_record(event: Event) -> Event | None:
    if "eventSource" not in event or "eventName" not in event:
        return None
    service = text(event, "eventSource").partition(".")[0]
    return {
        **_event(f"aws.{service}", "AWS Service Event via CloudTrail", text(event, "eventTime"), "", event),
        "id": text(event, "eventID"),
        "region": text(event, "awsRegion"),
    }


def _anomaly(event: Event) -> Event | None:
    if "anomalyId" not in event or not isinstance(event.get("impact"), Mapping):
        return None
    at = text(event, "anomalyEndDate") or text(event, "anomalyStartDate")
    return _event("aws.ce", "Anomaly Detected", at, text(event, "monitorArn"), event)


def _budget(event: Event) -> Event | None:
    said = event.get("text")
    if not isinstance(said, str) or "Budget Name" not in said:
        return None
    found: dict[str, str] = {}
    for name, value in BUDGET.findall(said):
        found.setdefault(BUDGET_FIELDS.get(name, "amount"), value)
    return _event("aws.budgets", "Budget Notification", _iso(str(event.get("at") or "")), "", found)


def _alert(event: Event) -> Event | None:
    alert = event.get("alert")
    if not isinstance(alert, Mapping):
        return None
    over = text(alert, "status") == "resolved"
    at = text(alert, "endsAt") if over else text(alert, "startsAt")
    return _event("webhook", "Alert", _iso(at), "", alert)


FORMS = (_alarm_by_sns, _alarm_to_function, _trail_record, _anomaly, _budget, _alert)


def _event(source: str, kind: str, at: str, arn: str, detail: Event) -> dict[str, Any]:
    parts = arn.split(":")
    region = parts[3] if len(parts) > 3 and parts[3] else "global"
    resources = [arn] if arn else []
    return {
        "source": source,
        "detail-type": kind,
        "time": at,
        "region": region,
        "resources": resources,
        "detail": detail,
    }


def _iso(written: str) -> str:
    """SNS writes `+0000`, alarms to functions too; what cannot be read is left to be refused."""
    plain = written.replace(": ", ":")  # as one of AWS's own samples has it
    for form in SNS_TIMES:
        try:
            return datetime.strptime(plain, form).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):  # the first day of the calendar, east of Greenwich, is before it
            continue
    return written


def is_event(event: object) -> bool:
    """Whether this is anything that AWS, Alertmanager or Grafana might have sent."""
    return any(
        isinstance(one, Mapping) and ("detail-type" in one or isinstance(under(one, "text"), str))
        for one in unwrapped(event)
    )
