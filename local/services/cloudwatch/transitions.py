"""An alarm changes its state: history, event, actions, and the composite alarms above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ministack.services import cloudwatch

from local import events
from local.services.cloudwatch import actions, alarms, history
from local.services.cloudwatch.evaluation import moment

if TYPE_CHECKING:
    from collections.abc import Callable

Document: TypeAlias = dict[str, Any]


def change_state(alarm: Document, state: str, reason: str, data: str, now: float) -> None:
    """To be called within the alarm's account and region. `data` is JSON, or empty."""
    before = shown_state(alarm)
    alarm |= {
        "StateValue": state,
        "StateReason": reason,
        "StateUpdatedTimestamp": now,
        "StateTransitionedTimestamp": now,
    }
    alarm.pop("StateReasonData", None)
    if data:
        alarm["StateReasonData"] = data
    tell(alarm, before)
    cloudwatch._evaluate_parent_alarms(alarm)


def tell(alarm: Document, before: Document) -> None:
    """The event's detail is also what a function as action is given."""
    change = {
        "alarmName": alarm["AlarmName"],
        "state": shown_state(alarm),
        "previousState": before,
        "configuration": configuration_of(alarm),
    }
    history.note_state(alarm, change)
    events.emit("aws.cloudwatch", "CloudWatch Alarm State Change", [alarm["AlarmArn"]], change)
    for arn in actions.arns(alarm):
        history.note_action(alarm, arn)
    actions.perform(alarm, change)


def shown_state(alarm: Document) -> Document:
    data = alarm.get("StateReasonData")
    return {
        "value": alarm["StateValue"],
        "reason": alarm["StateReason"],
        **({"reasonData": data} if data else {}),
        "timestamp": moment(alarm["StateUpdatedTimestamp"]),
    }


def configuration_of(alarm: Document) -> Document:
    if "AlarmRule" not in alarm:
        return alarms.configuration_of(alarm)
    described = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    return {**described, "alarmRule": alarm["AlarmRule"]}


def telling(transition: Callable[..., None]) -> Callable[..., None]:
    """MiniStack's change of a composite alarm, which writes history of its own but emits no event."""

    def transition_and_tell(alarm: Document, *rest: Any) -> None:
        before = shown_state(alarm)
        transition(alarm, *rest)
        tell(alarm, before)

    return transition_and_tell
