# ruff: noqa: ARG001  (each measure takes what all of its table take)
"""What an expectation may name: each a figure that is read from the facts, for an action and since it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.action import texts
from stargate.domain.operating.actions.budgets_moved import are_set
from stargate.domain.operating.facts import ASLEEP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts

MINUTE = 60.0
AVAILABLE = "available"


@dataclass(frozen=True)
class Measure:
    """`asks` names the facts that it is read from; `read` takes them, the action and now.

    None is a figure that did not come.
    """

    asks: str
    read: Callable[[Facts, Action, float], float | None]


def _cpu(facts: Facts, action: Action, now: float) -> float | None:
    """Of the newest minute that began after the action."""
    found = (one.cpu for one in reversed(facts.minutes) if one.cpu is not None and one.at >= action.since)
    return next(found, None)


def _running(facts: Facts, action: Action, now: float) -> float | None:
    return None if facts.service is None else facts.service.running


def _minimum(facts: Facts, action: Action, now: float) -> float | None:
    return None if facts.scaling is None else facts.scaling.minimum


def _steady(facts: Facts, action: Action, now: float) -> float | None:
    return None if facts.service is None else float(facts.service.steady)


def _quiet(facts: Facts, action: Action, now: float) -> float | None:
    """Seconds since the action without a stop that nobody asked for: steady for a moment is nothing."""
    return now - max(action.since, facts.last_stop or action.since)


def _delivered(facts: Facts, action: Action, now: float) -> float | None:
    """In the minutes from that of the action on."""
    return sum(one.messages for one in facts.deliveries if one.at + MINUTE > action.since)


def _gone(facts: Facts, action: Action, now: float) -> float | None:
    """Of the task that was stopped; a service without any task tells nothing."""
    if not facts.tasks:
        return None
    return float(action.target["task"] not in {task.task_id for task in facts.tasks})


def _refused(facts: Facts, action: Action, now: float) -> float | None:
    """Tasks that refuse a good key; where none could be made, all that there are refuse."""
    if facts.keys is None:
        return None
    return float(len(facts.keys.refusing) or bool(facts.keys.reason))


def _renewed(facts: Facts, action: Action, now: float) -> float | None:
    """Every service that reads the secret runs, and nothing of it is from before."""
    if facts.readers is None:
        return None
    deployed = [one.created_at for service in facts.readers.values() for one in service.deployments]
    steady = all(service.steady for service in facts.readers.values())
    return float(steady and min(deployed, default=0.0) >= float(str(action.target["since"])))


def _away(facts: Facts, action: Action, now: float) -> float | None:
    return None if facts.zones is None else float(action.target["zone"] in facts.zones.away)


def _in_zone(facts: Facts, action: Action, now: float) -> float | None:
    return None if facts.zones is None else float(facts.zones.tasks.get(str(action.target["zone"]), 0))


def _class_reached(facts: Facts, action: Action, now: float) -> float | None:
    database = facts.database
    if database is None:
        return None
    rests = database.status == AVAILABLE and not database.pending_class
    return float(rests and database.instance_class == action.target["class"])


def _failed_over(facts: Facts, action: Action, now: float) -> float | None:
    database = facts.database
    if database is None:
        return None
    return float(database.status == AVAILABLE and database.zone != action.target["zone"])


def _pool(facts: Facts, action: Action, now: float) -> float | None:
    return None if facts.pools is None else float(facts.pools.connections)


def _shifted(facts: Facts, action: Action, now: float) -> float | None:
    return None if facts.aliases is None else float(len(facts.aliases))


def _quota(facts: Facts, action: Action, now: float) -> float | None:
    """What is granted, or asked for and not answered yet."""
    return None if facts.quota is None else max(facts.quota.value, facts.quota.asked or 0.0)


def _sounding(facts: Facts, action: Action, now: float) -> float | None:
    """Of the alarms that the action is about."""
    if facts.sounding is None:
        return None
    return float(len(set(facts.sounding) & set(texts(action.target, "alarms"))))


def _budgets_set(facts: Facts, action: Action, now: float) -> float | None:
    """Keys that may spend what the action says."""
    return None if facts.key_budgets is None else float(are_set(action, facts.key_budgets))


def _asleep(facts: Facts, action: Action, now: float) -> float | None:
    return float(facts.standing == ASLEEP) if facts.standing else None


MEASURES: Mapping[str, Measure] = {
    "cpu": Measure("minutes", _cpu),
    "running_tasks": Measure("service", _running),
    "minimum": Measure("scaling", _minimum),
    "steady": Measure("service", _steady),
    "quiet_seconds": Measure("last_stop", _quiet),
    "pages_delivered": Measure("deliveries", _delivered),
    "task_gone": Measure("tasks", _gone),
    "keys_refused": Measure("keys", _refused),
    "readers_renewed": Measure("readers", _renewed),
    "zone_away": Measure("zones", _away),
    "tasks_in_zone": Measure("zones", _in_zone),
    "database_class_reached": Measure("database", _class_reached),
    "failed_over": Measure("database", _failed_over),
    "pool_connections": Measure("pools", _pool),
    "models_shifted": Measure("aliases", _shifted),
    "quota_asked": Measure("quota", _quota),
    "sounding_alarms": Measure("sounding", _sounding),
    "key_budgets_set": Measure("key_budgets", _budgets_set),
    "asleep": Measure("standing", _asleep),
}
