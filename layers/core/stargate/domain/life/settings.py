"""How an environment is run and how it ends: what a PATCH sets without touching its gateway."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.budget import Budget
from stargate.domain.drills.policy import Policy
from stargate.domain.environment import Mode
from stargate.domain.faults import Fault
from stargate.domain.life.ends import deadline_after
from stargate.domain.life.hours import Hours
from stargate.domain.life.schedule import Schedule
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stargate.domain.environment import Environment


@dataclass(frozen=True)
class Changed:
    """The environment as it shall be, and each change in words; without words nothing changes."""

    environment: Environment
    words: tuple[str, ...] = ()
    detail: Mapping[str, Any] | None = None


def conflicts(environment: Environment, request: Mapping[str, Any]) -> Iterator[Fault]:
    """What cannot be meant of this environment: an end by itself, while nothing may remove it."""
    protected = request.get("deletion_protection", environment.deletion_protection)
    ends = request["ttl"] is not None if "ttl" in request else environment.deadline is not None
    if protected and ends:
        field = "/ttl" if "ttl" in request else "/deletion_protection"
        yield Fault(
            field,
            "deletion protection and a time to live exclude each other",
            "one of them: deletion_protection false, or ttl null, in the same request",
        )


def changed(environment: Environment, request: Mapping[str, Any], now: float) -> Changed:
    after, words, detail = environment, [], {}
    for name, value in request.items():
        following, said = CHANGES[name](after, value, now)
        if following != after:
            words.append(said)
            detail[name] = value
        after = following
    return Changed(after, tuple(words), detail)


def _mode(environment: Environment, value: Any, _now: float) -> tuple[Environment, str]:
    mode = Mode(value)
    said = f"mode of {environment.name} changed from {environment.mode} to {mode}"
    return replace(environment, mode=mode), said


def _protection(environment: Environment, value: Any, _now: float) -> tuple[Environment, str]:
    said = f"deletion protection of {environment.name} {'set' if value else 'lifted'}"
    return replace(environment, deletion_protection=value), said


def _ttl(environment: Environment, value: Any, now: float) -> tuple[Environment, str]:
    if value is None:
        return replace(environment, deadline=None), f"{environment.name} does not retire by itself any more"
    deadline = deadline_after(now, value)
    said = f"{environment.name} retires by itself at {told(deadline.ends_at)}"
    return replace(environment, deadline=deadline), said


def _schedule(environment: Environment, value: Any, _now: float) -> tuple[Environment, str]:
    if value is None:
        return replace(
            environment, schedule=None, followed=None
        ), f"{environment.name} has no schedule any more"
    schedule = Schedule.from_document(value)
    if schedule == environment.schedule:
        return environment, ""
    words = f"{environment.name} is awake {schedule.told()}"
    return replace(environment, schedule=schedule, followed=None), words


def _maintenance(environment: Environment, value: Any, _now: float) -> tuple[Environment, str]:
    window = None if value is None else Hours.from_document(value)
    following = replace(environment, maintenance=window)
    return following, f"{environment.name} is maintained {following.maintained.told()}"


def _drills(environment: Environment, value: Any, _now: float) -> tuple[Environment, str]:
    if value is None:
        return replace(environment, drills=None), f"{environment.name} is drilled on request only"
    policy = Policy.from_document(value)
    kinds = ", ".join(f"{kind} every {days} days" for kind, days in policy.every_days.items())
    return replace(environment, drills=policy), f"drills of {environment.name}: {kinds or 'on request only'}"


def _actions_an_hour(environment: Environment, value: Any, _now: float) -> tuple[Environment, str]:
    most = int(value)
    return replace(environment, actions_an_hour=most), f"at most {most} actions an hour on {environment.name}"


def _approvers(environment: Environment, value: Any, _now: float) -> tuple[Environment, str]:
    named = tuple(value or ())
    words = f"approvals of {environment.name} are asked of {', '.join(named) or 'nobody by name'}"
    return replace(environment, approvers=named), words


def _budget(environment: Environment, value: Any, _now: float) -> tuple[Environment, str]:
    budget = None if value is None else (environment.budget or Budget()).changed(value)
    words = "has no budget any more" if budget is None else budget.words
    return replace(environment, budget=budget), f"{environment.name} {words}"


CHANGES: Mapping[str, Callable[[Environment, Any, float], tuple[Environment, str]]] = {
    "mode": _mode,
    "deletion_protection": _protection,
    "ttl": _ttl,
    "schedule": _schedule,
    "budget": _budget,
    "maintenance": _maintenance,
    "actions_an_hour": _actions_an_hour,
    "drills": _drills,
    "approvers": _approvers,
}
SETTINGS = frozenset(CHANGES)
