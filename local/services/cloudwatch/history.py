"""What happened to alarms, as DescribeAlarmHistory tells it; MiniStack keeps and pages the entries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import cloudwatch

from local.services.cloudwatch.evaluation import moment
from local.services.cloudwatch.parameters import KEPT_HISTORY

if TYPE_CHECKING:
    from collections.abc import Mapping


def note_state(alarm: Mapping[str, Any], change: Mapping[str, Any]) -> None:
    """`change` has the state and previousState of the alarm's event."""
    old, new = _historic(change["previousState"]), _historic(change["state"])
    summary = f"Alarm updated from {old['stateValue']} to {new['stateValue']}"
    _note(
        alarm,
        "StateUpdate",
        summary,
        alarm["StateUpdatedTimestamp"],
        {"version": "1.0", "oldState": old, "newState": new},
    )


def note_configuration(alarm: Mapping[str, Any], what: str, at: float) -> None:
    """`what` is Create or Update."""
    told = {key: value for key, value in alarm.items() if not key.startswith("State")}
    data = {"version": "1.0", "type": what, f"{what.lower()}dAlarm": told}
    _note(alarm, "ConfigurationUpdate", f'Alarm "{alarm["AlarmName"]}" {what.lower()}d', at, data)


def note_action(alarm: Mapping[str, Any], arn: str) -> None:
    data = {"actionState": "Succeeded", "notificationResource": arn, "version": "1.0"}
    _note(alarm, "Action", f"Successfully executed action {arn}", alarm["StateUpdatedTimestamp"], data)


def _historic(state: Mapping[str, Any]) -> dict[str, Any]:
    data = {"stateReasonData": json.loads(state["reasonData"])} if state.get("reasonData") else {}
    return {"stateValue": state["value"], "stateReason": state["reason"], **data}


def _note(alarm: Mapping[str, Any], kind: str, summary: str, at: float, data: Mapping[str, Any]) -> None:
    entries = cloudwatch._history_entries()
    entries.append(
        {
            "AlarmName": alarm["AlarmName"],
            "AlarmType": "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm",
            "Timestamp": moment(at),
            "HistoryItemType": kind,
            "HistorySummary": summary,
            "HistoryData": json.dumps(data),
        }
    )
    del entries[:-KEPT_HISTORY]
