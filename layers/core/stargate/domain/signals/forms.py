"""What is no event of EventBridge's, in EventBridge's form.

An alarm comes by EventBridge, by SNS as JSON, or straight to a function; a CloudTrail record alone or in an
event; an anomaly as a bare object; the database's events by a subscription of its own; budgets and stacks
as plain text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stargate.domain.signals.envelope import moment, text

Event = Mapping[str, Any]
ALARM_CHANGE = "CloudWatch Alarm State Change"
DAY = 86400.0
UNCONFIRMED = "Subscription Confirmation"
TIMES = ("%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z")
BARE_TIMES = ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S")  # RDS, in UTC and not saying so
BUDGET = re.compile(
    r"^\s*(Budget Name|Budgeted Amount|Alert Type|Alert Threshold|(?:ACTUAL|FORECASTED) Amount)"
    r"\s*:\s*(.+?)\s*$",
    re.MULTILINE,
)
BUDGET_FIELDS = {
    "Budget Name": "budget",
    "Budgeted Amount": "budgeted",
    "Alert Type": "type",
    "Alert Threshold": "threshold",
}
STACK_LINE = re.compile(r"^(\w+)='(.*?)'\s*$", re.MULTILINE | re.DOTALL)
STACK_TYPE = "AWS::CloudFormation::Stack"
RDS_KINDS = {"db-instance": "RDS DB Instance Event", "db-cluster": "RDS DB Cluster Event"}
SOURCE_TYPES = {"db-instance": "DB_INSTANCE", "db-cluster": "CLUSTER"}


@dataclass(frozen=True)
class Around:
    """What the nearest wrapping said: when it was sent, and in which region; "" where it did not."""

    at: str = ""
    region: str = ""


def in_form(event: object, around: Around) -> object:
    """In EventBridge's form if its shape is known; with an id that the same content always has."""
    if not isinstance(event, Mapping):
        return event
    known: Event = event
    if "detail-type" not in event:
        known = next((found for read in FORMS if (found := read(event, around)) is not None), event)
    elif "detail" not in event and isinstance(event.get("alarmData"), Mapping):
        known = {**event, "detail": event["alarmData"]}
    return {**known, "id": _identity(known, event)} if "detail-type" in known else known


def _identity(known: Event, event: Event) -> str:
    given = text(known, "id")
    if given:
        return given
    content = json.dumps(event, sort_keys=True, default=str)
    return f"content-{hashlib.sha256(content.encode(errors='replace')).hexdigest()[:32]}"


def _alarm_by_sns(event: Event, around: Around) -> Event | None:
    if not isinstance(event.get("AlarmName"), str) or "NewStateValue" not in event:
        return None
    at = _iso(text(event, "StateChangeTime"))
    state = {"value": event["NewStateValue"], "reason": text(event, "NewStateReason"), "timestamp": at}
    detail = {
        "alarmName": event["AlarmName"],
        "state": state,
        "previousState": {"value": text(event, "OldStateValue")},
    }
    return _event("aws.cloudwatch", ALARM_CHANGE, at, text(event, "AlarmArn"), detail, around)


def _alarm_to_function(event: Event, around: Around) -> Event | None:
    data = event.get("alarmData")
    if not isinstance(data, Mapping):
        return None
    at, arn = _iso(text(event, "time")), text(event, "alarmArn")
    formed = _event("aws.cloudwatch", ALARM_CHANGE, at, arn, _timed(data), around)
    return {**formed, "region": text(event, "region")}


def _timed(data: Event) -> Event:
    state = data.get("state")
    if not isinstance(state, Mapping):
        return data
    return {**data, "state": {**state, "timestamp": _iso(text(state, "timestamp"))}}


def _trail_record(event: Event, around: Around) -> Event | None:
    if "eventSource" not in event or "eventName" not in event or "body" in event:
        return None
    service, at = text(event, "eventSource").partition(".")[0], text(event, "eventTime")
    formed = _event(f"aws.{service}", "AWS Service Event via CloudTrail", at, "", event, around)
    return {**formed, "id": text(event, "eventID"), "region": text(event, "awsRegion")}


def _database(event: Event, around: Around) -> Event | None:
    """An event subscription of RDS."""
    kind = RDS_KINDS.get(text(event, "Event Source"))
    if kind is None:
        return None
    at, arn = _iso(text(event, "Event Time")), text(event, "Source ARN")
    link = re.search(r"region=([a-z0-9-]+)", text(event, "Identifier Link"))
    detail = {
        "EventCategories": [],
        "SourceType": SOURCE_TYPES[text(event, "Event Source")],
        "SourceArn": arn,
        "SourceIdentifier": text(event, "Source ID"),
        "EventID": text(event, "Event ID").rpartition("#")[2],
        "Message": text(event, "Event Message"),
        "Date": at,
    }
    near = Around(around.at, link[1] if link else around.region)
    return _event("aws.rds", kind, at, arn, detail, near)


def _anomaly(event: Event, around: Around) -> Event | None:
    if "anomalyId" not in event or not isinstance(event.get("impact"), Mapping):
        return None
    at = around.at or text(event, "anomalyEndDate") or text(event, "anomalyStartDate")
    return _event("aws.ce", "Anomaly Detected", at, text(event, "monitorArn"), event, around)


def plainly(event: Event, around: Around) -> Event | None:
    """Of what AWS writes as text to people: budgets, and stacks with a notification topic."""
    said = event.get("text")
    if not isinstance(said, str):
        return None
    return _budget(said, around) or _stack(said, around)


def _budget(said: str, around: Around) -> Event | None:
    if "Budget Name" not in said:
        return None
    found: dict[str, str] = {}
    for name, value in BUDGET.findall(said):
        found.setdefault(BUDGET_FIELDS.get(name, "amount"), value)
    at = around.at or _dated(said)
    return _event("aws.budgets", "Budget Notification", _iso(at), "", found, Around(at))


def _dated(said: str) -> str:
    """Its heading has the day: `AWS Budget Notification November 24, 2026`."""
    found = re.search(r"Budget Notification\s+(\w+ \d{1,2}, \d{4})", said)
    try:
        return datetime.strptime(found[1], "%B %d, %Y").replace(tzinfo=UTC).isoformat() if found else ""
    except ValueError:
        return ""


def _stack(said: str, around: Around) -> Event | None:
    found = dict(STACK_LINE.findall(said))
    if "StackId" not in found or "ResourceStatus" not in found:
        return None
    status = {
        "status": found["ResourceStatus"],
        "status-reason": found.get("ResourceStatusReason", ""),
    }
    detail = {"stack-id": found["StackId"], "status-details": status}
    whole = found.get("ResourceType") == STACK_TYPE and found.get("PhysicalResourceId") == found["StackId"]
    kind = f"CloudFormation {'Stack' if whole else 'Resource'} Status Change"
    at = _iso(found.get("Timestamp", "")) or around.at
    return _event("aws.cloudformation", kind, at, found["StackId"], detail, around)


def _alert(event: Event, around: Around) -> Event | None:
    alert = event.get("alert")
    if not isinstance(alert, Mapping):
        return None
    over = text(alert, "status") == "resolved"
    at = _ended(alert, around) if over else _renewed(alert, around)
    formed = _event("webhook", "Alert", at, "", alert, Around())
    fingerprint = text(alert, "fingerprint")
    return {**formed, "id": f"alert {fingerprint} {text(alert, 'status')} {at}"} if fingerprint else formed


def _ended(alert: Event, around: Around) -> str:
    ends = _iso(text(alert, "endsAt"))
    return ends if moment({"ends": ends}, "ends") else around.at


def _renewed(alert: Event, around: Around) -> str:
    """What fires on is told again every few hours: once a day that is news, so that it does not lapse."""
    starts = _iso(text(alert, "startsAt"))
    began, heard = moment({"at": starts}, "at"), moment({"at": around.at}, "at")
    if began is None:
        return around.at or starts
    if heard is None or heard < began + DAY:
        return starts
    return datetime.fromtimestamp(heard - (heard - began) % DAY, UTC).isoformat()


def _unconfirmed(event: Event, around: Around) -> Event | None:
    if text(event, "Type") != "SubscriptionConfirmation":
        return None
    return _event("aws.sns", UNCONFIRMED, text(event, "Timestamp"), text(event, "TopicArn"), {}, around)


FORMS = (
    _alarm_by_sns,
    _alarm_to_function,
    _trail_record,
    _database,
    _anomaly,
    plainly,
    _alert,
    _unconfirmed,
)


def _event(source: str, kind: str, at: str, arn: str, detail: Event, around: Around) -> dict[str, Any]:
    parts = arn.split(":")
    region = parts[3] if len(parts) > 3 and parts[3] else around.region
    return {
        "source": source,
        "detail-type": kind,
        "time": at,
        "region": region or "global",
        "resources": [arn] if arn else [],
        "detail": detail,
    }


def _iso(written: str) -> str:
    """SNS writes `+0000`, alarms to functions too; what cannot be read is left to be refused."""
    plain = written.replace(": ", ":")  # as one of AWS's own samples has it
    for form in TIMES:
        try:
            return datetime.strptime(plain, form).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):  # the first day of the calendar, east of Greenwich, is before it
            continue
    for form in BARE_TIMES:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=UTC).isoformat()
        except ValueError:
            continue
    return written
