"""Scheduled actions: bounds that a target is to have from a moment on. Once: nobody asks for more here.

A schedule of another form than `at(...)` is refused, and so is a moment that is past, as at AWS.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

from ministack.core.responses import get_account_id, get_region, request_scope

from local.gateways import registry
from local.services.application_autoscaling import targets
from local.services.application_autoscaling.refusals import RefusedError

Document: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[str, str]  # account and region

REQUIRED = ("ScheduledActionName", "Schedule", "ScalableTargetAction")

_actions: dict[tuple[Place, str, str], Document] = {}  # by place, target and its own name


def put(key: targets.TargetKey, body: Document) -> None:
    """Make it, or replace the one of its name."""
    targets.find(key)
    name, schedule, bounds = (
        body.get(field) for field in ("ScheduledActionName", "Schedule", "ScalableTargetAction")
    )
    if not (name and schedule and bounds):
        raise RefusedError(
            "ValidationException", "ScheduledActionName, Schedule and ScalableTargetAction are required"
        )
    if _moment(str(schedule)) <= registry.now():
        raise RefusedError("ValidationException", f"Schedule is in the past: {schedule}")
    _actions[_here(), key.name(), str(name)] = {
        **key.members(),
        "ScheduledActionName": name,
        "Schedule": schedule,
        "ScalableTargetAction": bounds,
    }


def every() -> list[Document]:
    return [action for (place, _, _), action in _actions.items() if place == _here()]


def forget(key: targets.TargetKey) -> None:
    """The target is gone, and its actions with it."""
    for known in [known for known in _actions if known[:2] == (_here(), key.name())]:
        del _actions[known]


def settle() -> None:
    """Do, in all regions, what is due; a target whose schedule is suspended lets it pass."""
    now = registry.now()
    for known, action in [(k, a) for k, a in _actions.items() if _moment(a["Schedule"]) <= now]:
        del _actions[known]
        with request_scope(*known[0]):
            _do(targets.target_key(action), action["ScalableTargetAction"])


def reset() -> None:
    _actions.clear()


def _do(key: targets.TargetKey, bounds: Document) -> None:
    try:
        if not targets.find(key)["SuspendedState"]["ScheduledScalingSuspended"]:
            targets.register_target(key, bounds.get("MinCapacity"), bounds.get("MaxCapacity"))
    except RefusedError:  # the service is gone, and its target about to be
        return


def _moment(schedule: str) -> float:
    try:
        return datetime.strptime(schedule, "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise RefusedError(
            "ValidationException", f"Schedule is not at(yyyy-mm-ddThh:mm:ss): {schedule}"
        ) from None


def _here() -> Place:
    return get_account_id(), get_region()
