# ruff: noqa: ARG001  (each kind of action takes what all of its table take)
"""What an action would do to what is there, and what it should bring about; or why there is nothing to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stargate.domain.operating.actions import ActionKind, Expectation
from stargate.domain.operating.conditions import QUIET_SECONDS
from stargate.domain.operating.guards import Held
from stargate.domain.scaling.capacity import Estimate, tasks_needed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.facts import Facts, ScalingFacts
    from stargate.domain.operating.operations import Overview

CRITICAL_CPU = 80.0  # what the critical alarm on LiteLLM's CPU allows
TASK_SECONDS = 600.0  # a task is pulled, started and healthy within three minutes, twice over
CPU_SECONDS = 900.0
BOUND_SECONDS = 120.0
STEADY_SECONDS = 1200.0  # a rolling deployment drains each task for up to two minutes


@dataclass(frozen=True)
class Limits:
    """Declared for the environment: bounds never leave them."""

    minimum: int
    maximum: int


@dataclass(frozen=True)
class Proposal:
    summary: str
    target: Mapping[str, int | str] = field(default_factory=dict)
    expectations: tuple[Expectation, ...] = ()


@dataclass(frozen=True)
class Nothing:
    """Nothing is to be done, and why."""

    reason: str


def limits_of(environment: Environment, service: str) -> Limits | None:
    """None for a service that is not scaled."""
    litellm = environment.spec.litellm
    return Limits(litellm.min_tasks, litellm.max_tasks) if service == "litellm" else None


def propose(
    kind: ActionKind, overview: Overview, condition: Condition, facts: Facts
) -> Proposal | Nothing | Held:
    return PROPOSALS[kind](overview, condition, facts)


def _raise_bound(overview: Overview, condition: Condition, facts: Facts) -> Proposal | Nothing | Held:
    scaling, limits = facts.scaling, limits_of(overview.environment, condition.subject)
    if scaling is None or limits is None:
        return Held("limits", f"{condition.subject} has no scalable target")
    estimate = tasks_needed(facts.minutes) or _unmeasured(overview, condition, scaling)
    if estimate.tasks <= scaling.minimum:
        return Nothing(f"the bound of {scaling.minimum} covers it: {estimate.reason}")
    if scaling.minimum >= limits.maximum:
        return Held("limits", f"the bound is at the limit of {limits.maximum}: {estimate.reason}")
    wanted = min(estimate.tasks, limits.maximum)
    capped = "" if wanted == estimate.tasks else f", the limit is {limits.maximum}"
    moved = f"raise the lower bound of {condition.subject} from {scaling.minimum} to {wanted}"
    return Proposal(
        f"{moved}: {estimate.reason}{capped}",
        {"minimum": wanted, "maximum": _highest(scaling, limits, wanted)},
        _expected_of(wanted, within_limits=not capped),
    )


def _unmeasured(overview: Overview, condition: Condition, scaling: ScalingFacts) -> Estimate:
    """One task more on the word of the alarm alone, but only once: then the bound stays until CPU is seen."""
    hold = overview.operations.holds.get(condition.subject)
    if hold is not None and hold.live:
        return Estimate(scaling.minimum, "CPU is not measured at present, so it stays")
    return Estimate(scaling.minimum + 1, "CPU is not measured at present, so one task more")


def _highest(scaling: ScalingFacts, limits: Limits, wanted: int) -> int:
    """The upper bound stays what it is, unless it is below what is needed."""
    return min(max(scaling.maximum, wanted), limits.maximum)


def _expected_of(wanted: int, *, within_limits: bool) -> tuple[Expectation, ...]:
    """That CPU falls is expected only where the limits allow as many tasks as are needed."""
    running = Expectation("running_tasks", "at_least", wanted, TASK_SECONDS)
    cpu = Expectation("cpu", "at_most", CRITICAL_CPU, CPU_SECONDS)
    return (running, cpu) if within_limits else (running,)


def _release_bound(overview: Overview, condition: Condition, facts: Facts) -> Proposal | Nothing | Held:
    hold, scaling = overview.operations.holds.get(condition.subject), facts.scaling
    limits = limits_of(overview.environment, condition.subject)
    if hold is None or not hold.live or hold.condition != condition.key or limits is None:
        return Nothing("nothing was done about it that is to be taken back")
    if scaling is None:
        return Nothing(f"{condition.subject} has no scalable target any more")
    if scaling.minimum == limits.minimum:
        return Nothing(f"the lower bound is the declared {limits.minimum} already")
    if not hold.is_ours(scaling.minimum):
        moved = f"the lower bound is {scaling.minimum}, not the {hold.minimum} that we set"
        return Nothing(f"{moved}: somebody else moved it, so it is left")
    minimum = limits.minimum
    # An upper bound that somebody else has moved since is theirs.
    found = hold.was_maximum if scaling.maximum == hold.maximum else scaling.maximum
    maximum = max(minimum, min(found, limits.maximum))
    return Proposal(
        f"release the lower bound of {condition.subject} from {scaling.minimum} to {minimum}",
        {"minimum": minimum, "maximum": maximum},
        (Expectation("minimum", "at_most", minimum, BOUND_SECONDS),),
    )


def _restart_service(overview: Overview, condition: Condition, facts: Facts) -> Proposal | Nothing | Held:
    if facts.service is None:
        return Nothing(f"ECS has no service {condition.subject}")
    if facts.service.rolling_out is not None:
        return Nothing("a deployment is under way already")
    return Proposal(f"restart {condition.subject}", {}, _well_again())


def _stop_deployment(overview: Overview, condition: Condition, facts: Facts) -> Proposal | Nothing | Held:
    rolling = facts.service.rolling_out if facts.service else None
    if rolling is None:
        return Nothing("no deployment is under way")
    return Proposal(
        f"stop the deployment {rolling.deployment_id} of {condition.subject} and roll it back",
        {"deployment": rolling.deployment_id},
        _well_again(),
    )


def _well_again() -> tuple[Expectation, ...]:
    """Whole, and no task crashing any more: a crash loop is steady for moments between its crashes."""
    return (
        Expectation("steady", "at_least", 1, STEADY_SECONDS),
        Expectation("quiet_seconds", "at_least", QUIET_SECONDS, STEADY_SECONDS),
    )


PROPOSALS: Mapping[ActionKind, Callable[[Overview, Condition, Facts], Proposal | Nothing | Held]] = {
    ActionKind.RAISE_BOUND: _raise_bound,
    ActionKind.RELEASE_BOUND: _release_bound,
    ActionKind.RESTART_SERVICE: _restart_service,
    ActionKind.STOP_DEPLOYMENT: _stop_deployment,
}
