"""Raise the lower bound of a service's scalable target: target tracking is too slow, or cannot help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation, number
from stargate.domain.operating.actions.bounds import BoundsMoved, loop_that_looks
from stargate.domain.operating.limits import Limits, limits_of
from stargate.domain.operating.proposals import Held, Nothing, Proposal
from stargate.domain.scaling.capacity import Estimate, tasks_needed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts, ScalingFacts

CRITICAL_CPU = 80.0  # what the critical alarm on LiteLLM's CPU allows
TASK_SECONDS = 600.0  # a task is pulled, started and healthy within three minutes, twice over
CPU_SECONDS = 900.0


class RaiseBound(BoundsMoved):
    name = "raise_bound"
    asks = frozenset({"scaling", "minutes"})
    asks_again = frozenset({"scaling"})
    taken_back_by = "release_bound"
    takes = frozenset({"minimum"})
    damped = False  # more tasks harm nobody, and too few do

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        scaling, limits = case.facts.scaling, limits_of(case.overview.environment, case.subject)
        if scaling is None or limits is None:
            return Held("limits", f"{case.subject} has no scalable target")
        asked = case.parameters.get("minimum")
        estimate = _told(asked) or tasks_needed(case.facts.minutes) or self._unmeasured(case, scaling)
        if estimate.tasks <= scaling.minimum:
            return Nothing(f"the bound of {scaling.minimum} covers it: {estimate.reason}")
        if scaling.minimum >= limits.maximum:
            return Held("limits", f"the bound is at the limit of {limits.maximum}: {estimate.reason}")
        most = limits.maximum if asked is not None else min(limits.maximum, _usable(case, limits))
        if scaling.minimum >= most:
            return Nothing(f"the quota can use no more than {most} tasks: {estimate.reason}")
        wanted = min(estimate.tasks, most)
        capped = "" if wanted == estimate.tasks else f", the limit is {most}"
        moved = f"raise the lower bound of {case.subject} from {scaling.minimum} to {wanted}"
        return Proposal(
            f"{moved}: {estimate.reason}{capped}",
            {"minimum": wanted, "maximum": _highest(scaling, limits, wanted)},
            _expected_of(wanted, cpu_too=not capped and asked is None),
        )

    def _unmeasured(self, case: Case, scaling: ScalingFacts) -> Estimate:
        """One task more on the word of the alarm alone, but only once: then it stays until CPU is seen."""
        hold = case.overview.operations.holds.get(self.scope_of(case.subject))
        if hold is not None and hold.live:
            return Estimate(scaling.minimum, "CPU is not measured at present, so it stays")
        return Estimate(scaling.minimum + 1, "CPU is not measured at present, so one task more")

    def still(self, case: Case, action: Action) -> Held | Nothing | None:
        """The number of tasks is the one that was decided; a higher one is decided anew if it is needed."""
        wanted, limits = (
            number(action.target, "minimum"),
            limits_of(case.overview.environment, action.subject),
        )
        scaling = case.facts.scaling
        if scaling is None or limits is None:
            return Nothing(f"{action.subject} has no scalable target any more")
        if wanted > limits.maximum:
            return Held("limits", f"{wanted} tasks are beyond the limit of {limits.maximum}")
        if scaling.minimum >= wanted:
            return Nothing(f"the lower bound is {scaling.minimum} already")
        return None

    def is_done(self, action: Action, facts: Facts) -> bool:
        return facts.scaling is not None and facts.scaling.minimum >= number(action.target, "minimum")

    def adds(self, case: Case, proposal: Proposal) -> Mapping[str, float]:
        before = case.facts.scaling.minimum if case.facts.scaling else 0
        return {f"task:{case.subject}": number(proposal.target, "minimum") - before}


def _highest(scaling: ScalingFacts, limits: Limits, wanted: int) -> int:
    """The upper bound stays what it is, unless it is below what is needed."""
    return min(max(scaling.maximum, wanted), limits.maximum)


def _told(asked: object) -> Estimate | None:
    """As many as the rule or a person asks for, whatever is measured."""
    return Estimate(int(asked), f"{asked:g} are asked for") if isinstance(asked, (int, float)) else None


def _usable(case: Case, limits: Limits) -> int:
    """As many tasks as the quota can use, while the outer loop sees that it binds: more are no use."""
    loop = loop_that_looks(case)
    bounds = loop.wanted if loop is not None and loop.at_quota else None
    return limits.maximum if bounds is None else bounds.maximum


def _expected_of(wanted: int, *, cpu_too: bool) -> tuple[Expectation, ...]:
    """That CPU falls is expected only where it was reckoned by it, and the limits allow what is needed."""
    running = Expectation("running_tasks", "at_least", wanted, TASK_SECONDS)
    cpu = Expectation("cpu", "at_most", CRITICAL_CPU, CPU_SECONDS)
    return (running, cpu) if cpu_too else (running,)
