"""What a rule's `when` may name: each a question to the facts, with its answer and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stargate.domain.operating.facts import Facts, ScalingFacts

ALWAYS = "always"


def tracking_cannot_help(facts: Facts) -> bool:
    """Target tracking is suspended, pinned, at its maximum, or has failed."""
    return bool(why_tracking_cannot_help(facts))


def why_tracking_cannot_help(facts: Facts) -> str:
    scaling = facts.scaling
    if scaling is None:
        return ""
    if scaling.suspended:
        return "it is suspended"
    if scaling.minimum == scaling.maximum:
        return f"it is pinned to {scaling.minimum} tasks"
    if scaling.failure:
        return f"its newest activity failed: {scaling.failure}"
    return _at_maximum(facts, scaling)


def _at_maximum(facts: Facts, scaling: ScalingFacts) -> str:
    tasks = next((minute.tasks for minute in reversed(facts.minutes) if minute.tasks), 0.0)
    return f"it is at its maximum of {scaling.maximum} tasks" if tasks >= scaling.maximum else ""


def release_rolling_out(facts: Facts) -> bool:
    """A deployment of another task definition than what ran before: a restart brings nothing new."""
    rolling = facts.service.rolling_out if facts.service else None
    if facts.service is None or rolling is None:
        return False
    others = [one for one in facts.service.deployments if one is not rolling]
    return not others or any(one.task_definition != rolling.task_definition for one in others)


PREDICATES: Mapping[str, Callable[[Facts], bool]] = {
    ALWAYS: lambda _: True,
    "tracking_cannot_help": tracking_cannot_help,
    "release_rolling_out": release_rolling_out,
}
