"""What a rule's `when` may name: a question to the facts, or to what the condition's own events say.

It is answered by why it is so, or by nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.facts import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.facts import Facts

NOT = "not "  # before a question: it holds if the question is answered no
# The services of AWS that tasks run on, and are reached by, as AWS Health names them in small letters.
UNDER_TASKS = frozenset(
    {"ec2", "ecs", "elasticloadbalancing", "fargate", "internetconnectivity", "multiple_services"}
    | {"natgateway", "vpc"}
)


@dataclass(frozen=True)
class Predicate:
    """`asks` are the facts that the answer is taken from; without any, the condition itself says it."""

    asks: frozenset[str]
    answer: Callable[[Condition, Facts], str]
    says: str


def _of_facts(answer: Callable[[Facts], str], *asks: str) -> Predicate:
    return Predicate(frozenset(asks), lambda _, facts: answer(facts), _first_line(answer))


def _of_condition(answer: Callable[[Condition], str]) -> Predicate:
    return Predicate(frozenset(), lambda condition, _: answer(condition), _first_line(answer))


def _first_line(answer: Callable[..., str]) -> str:
    return (answer.__doc__ or "").partition("\n")[0]


def tracking_cannot_help(facts: Facts) -> str:
    """Target tracking is suspended, pinned by somebody else than the outer loop, or has failed."""
    scaling = facts.scaling
    if scaling is None:
        return ""
    if scaling.suspended:
        return "it is suspended"
    if scaling.minimum == scaling.maximum and not scaling.steered:
        return f"it is pinned to {scaling.minimum} tasks"
    return f"its newest activity failed, {scaling.failure}" if scaling.failure else ""


def release_rolling_out(facts: Facts) -> str:
    """A deployment of another task definition than what ran before: a restart brings nothing new."""
    rolling = facts.service.rolling_out if facts.service else None
    if facts.service is None or rolling is None:
        return ""
    others = [one for one in facts.service.deployments if one is not rolling]
    new = not others or any(one.task_definition != rolling.task_definition for one in others)
    return f"deployment {rolling.deployment_id} is in progress" if new else ""


def database_available(facts: Facts) -> str:
    """The database is available: whoever needs it and is not well is not well for another reason."""
    available = facts.database is not None and facts.database.status == "available"
    return "the database is available" if available else ""


def quota_adjustable(facts: Facts) -> str:
    """AWS raises the quota that is named for who asks; some are fixed."""
    quota = facts.quota
    return f"{quota.name} can be raised" if quota is not None and quota.adjustable else ""


def zone_named(condition: Condition) -> str:
    """The event names a zone."""
    zones = condition.facts.get("zones")
    return f"it names {', '.join(map(str, zones))}" if isinstance(zones, (list, tuple)) and zones else ""


def under_tasks(condition: Condition) -> str:
    """It is of what tasks run on or are reached by: EC2, ECS, Fargate, load balancing, the network."""
    return f"tasks need {condition.subject}" if condition.subject in UNDER_TASKS else ""


def never_started(condition: Condition) -> str:
    """The task ended before it ran: its image, a secret, an address or its configuration is not to be had."""
    facts = condition.facts
    hindered = facts.get("cause") == "failed to start" or "CONFIGURATION" in str(facts.get("event", ""))
    return str(facts.get("hindrance") or "it never ran") if hindered else ""


def out_of_memory(condition: Condition) -> str:
    """The task was ended for having used all of its memory."""
    return "it ran out of memory" if condition.facts.get("cause") == "out of memory" else ""


PREDICATES: Mapping[str, Predicate] = {
    "tracking_cannot_help": _of_facts(tracking_cannot_help, "scaling"),
    "release_rolling_out": _of_facts(release_rolling_out, "service"),
    "database_available": _of_facts(database_available, "database"),
    "quota_adjustable": _of_facts(quota_adjustable, "quota"),
    "zone_named": _of_condition(zone_named),
    "under_tasks": _of_condition(under_tasks),
    "never_started": _of_condition(never_started),
    "out_of_memory": _of_condition(out_of_memory),
}


def asked_by(when: Iterable[str]) -> frozenset[str]:
    """The facts that these questions are answered from."""
    return frozenset(fact for name in when for fact in PREDICATES[name.removeprefix(NOT)].asks)


def possible(when: Iterable[str], condition: Condition) -> bool:
    """Whether they may all be answered as they are asked for, before any fact is known."""
    told = [name for name in when if not asked_by([name])]
    return answered(told, condition, UNKNOWN) is not None


def answered(when: Iterable[str], condition: Condition, facts: Facts) -> tuple[str, ...] | None:
    """Why each question is answered as it is asked for; None if one of them is not."""
    words: list[str] = []
    for name in when:
        negated, question = name.startswith(NOT), name.removeprefix(NOT)
        answer = PREDICATES[question].answer(condition, facts)
        if negated == bool(answer):
            return None
        words.append(f"no {question.replace('_', ' ')}" if negated else answer)
    return tuple(words)
