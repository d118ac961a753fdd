"""Scaling activities: what was set, because of what, how it ended; and the event of reaching a maximum."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from local import events
from local.services.application_autoscaling.parameters import KEPT_ACTIVITIES

Document: TypeAlias = dict[str, Any]
Status: TypeAlias = Literal["InProgress", "Successful", "Overridden", "Failed", "Unfulfilled"]

_activities = AccountRegionScopedDict()  # target's name -> list of Activity, oldest first
_in_progress: dict[str, tuple[tuple[str, str], str]] = {}  # activity -> where it belongs


@dataclass
class Activity:
    """`policy` is the ARN of what decided it, empty where the bounds did. Counts are desired ones."""

    members: dict[str, str]
    cause: str
    before: int
    to: int
    minimum: int
    maximum: int
    started: float
    policy: str = ""
    status: Status = "InProgress"
    message: str = ""
    ended: float | None = None
    reasons: list[Document] = field(default_factory=list)
    name: str = field(default_factory=lambda: str(uuid.uuid4()))

    def is_out(self) -> bool:
        return self.to > self.before

    def shown(self) -> Document:
        return {
            "ActivityId": self.name,
            **self.members,
            "Description": self.description(),
            "Cause": self.cause,
            "StartTime": self.started,
            **({"EndTime": self.ended} if self.ended is not None else {}),
            "StatusCode": self.status,
            "StatusMessage": self.message,
            **({"NotScaledReasons": self.reasons} if self.reasons else {}),
        }

    def description(self) -> str:
        return (
            "Attempting to scale due to alarm triggered"
            if self.reasons
            else f"Setting desired count to {self.to}."
        )


def note(target: str, activity: Activity) -> None:
    known = _activities.get(target) or []
    _activities[target] = [*known, activity][-KEPT_ACTIVITIES:]
    if activity.status == "InProgress":
        _in_progress[activity.name] = ((get_account_id(), get_region()), target)


def note_not_scaled(target: str, activity: Activity) -> None:
    """The same reason minute after minute is told once."""
    known: list[Activity] = _activities.get(target) or []
    if not known or [reason["Code"] for reason in known[-1].reasons] != [activity.reasons[0]["Code"]]:
        note(target, activity)


def of_target(target: str) -> list[Activity]:
    """The target's activities, newest first."""
    return list(reversed(_activities.get(target) or []))


def newest(target: str, policy: str, *, out: bool) -> Activity | None:
    """The newest one of a policy in one direction that changed, or is about to change, the count."""
    effective = ("InProgress", "Successful", "Overridden")
    return next(
        (
            activity
            for activity in of_target(target)
            if activity.policy == policy
            and activity.status in effective
            and not activity.reasons
            and activity.is_out() is out
        ),
        None,
    )


def open_ones(target: str) -> list[Activity]:
    return [activity for activity in of_target(target) if activity.status == "InProgress"]


def end(activity: Activity, status: Status, message: str, now: float) -> None:
    activity.status, activity.message, activity.ended = status, message, now
    _in_progress.pop(activity.name, None)
    if status == "Successful" and activity.is_out() and activity.to >= activity.maximum:
        _tell_of_maximum(activity)


def _tell_of_maximum(activity: Activity) -> None:
    """The only activities that AWS tells EventBridge of."""
    detail = {
        "startTime": _moment(activity.started),
        "endTime": _moment(activity.ended or activity.started),
        "newDesiredCapacity": activity.to,
        "oldDesiredCapacity": activity.before,
        "minCapacity": activity.minimum,
        "maxCapacity": activity.maximum,
        "resourceId": activity.members["ResourceId"],
        "scalableDimension": activity.members["ScalableDimension"],
        "serviceNamespace": activity.members["ServiceNamespace"],
        "statusCode": activity.status,
        "scaledToMax": True,
        "direction": "scale-out",
    }
    kind = "Application Auto Scaling Scaling Activity State Change"
    events.emit("aws.application-autoscaling", kind, [], detail)


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def here() -> list[str]:
    """The targets of the caller's account and region that have activities."""
    return list(_activities.keys())


def unsettled() -> list[tuple[tuple[str, str], str]]:
    """((account, region), target) of all activities in progress, in all regions."""
    return list(_in_progress.values())


def reset() -> None:
    _activities.clear()
    _in_progress.clear()
