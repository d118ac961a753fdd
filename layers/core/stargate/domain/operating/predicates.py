"""What a rule's `when` may name: each a question to the facts, answered by why it is so, or by nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from stargate.domain.operating.facts import Facts

NOT = "not "  # before a question: it holds if the question is answered no


@dataclass(frozen=True)
class Predicate:
    """`asks` are the facts that the answer is taken from."""

    asks: frozenset[str]
    answer: Callable[[Facts], str]


def tracking_cannot_help(facts: Facts) -> str:
    """Target tracking is suspended, pinned, or has failed."""
    scaling = facts.scaling
    if scaling is None:
        return ""
    if scaling.suspended:
        return "it is suspended"
    if scaling.minimum == scaling.maximum:
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


PREDICATES: Mapping[str, Predicate] = {
    "tracking_cannot_help": Predicate(frozenset({"scaling"}), tracking_cannot_help),
    "release_rolling_out": Predicate(frozenset({"service"}), release_rolling_out),
    "database_available": Predicate(frozenset({"database"}), database_available),
}


def asked_by(when: Iterable[str]) -> frozenset[str]:
    """The facts that these questions are answered from."""
    return frozenset(fact for name in when for fact in PREDICATES[name.removeprefix(NOT)].asks)


def answered(when: Iterable[str], facts: Facts) -> tuple[str, ...] | None:
    """Why each question is answered as it is asked for; None if one of them is not."""
    words: list[str] = []
    for name in when:
        negated, question = name.startswith(NOT), name.removeprefix(NOT)
        answer = PREDICATES[question].answer(facts)
        if negated == bool(answer):
            return None
        words.append(f"no {question.replace('_', ' ')}" if negated else answer)
    return tuple(words)
