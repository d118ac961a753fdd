"""Give a raised lower bound back, once what it was raised for is over and its time is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation, number
from stargate.domain.operating.actions.bounds import BoundsMoved, loop_that_looks
from stargate.domain.operating.conditions import needs_its_tasks
from stargate.domain.operating.limits import Limits, limits_of
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts, ScalingFacts
    from stargate.domain.operating.holds import Hold
    from stargate.domain.scaling.outer_loop import Bounds

BOUND_SECONDS = 120.0


class ReleaseBound(BoundsMoved):
    name = "release_bound"
    asks = frozenset({"scaling", "service"})
    asks_again = asks

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        scaling, limits = case.facts.scaling, limits_of(case.overview.environment, case.subject)
        hold = case.overview.operations.holds.get(self.scope_of(case.subject))
        if hold is None or not hold.live or hold.condition != case.condition.key or limits is None:
            return Nothing("nothing was done about it that is to be taken back")
        if scaling is None:
            return Nothing(f"{case.subject} has no scalable target any more")
        if scaling.minimum == limits.minimum:
            return Nothing(f"the lower bound is the declared {limits.minimum} already")
        return _held(case, hold, scaling) or _released(case, hold, scaling, limits)

    def adds(self, case: Case, proposal: Proposal) -> Mapping[str, float]:
        before = case.facts.scaling.minimum if case.facts.scaling else 0
        return {f"task:{case.subject}": number(proposal.target, "minimum") - before}

    def is_done(self, action: Action, facts: Facts) -> bool:
        return facts.scaling is not None and facts.scaling.minimum <= number(action.target, "minimum")


def _held(case: Case, hold: Hold, scaling: ScalingFacts) -> Held | Nothing | None:
    if not hold.is_ours("minimum", scaling.minimum):
        if scaling.steered:
            return Held("scale-in", f"the outer loop wants {scaling.minimum} tasks by now")
        moved = f"the lower bound is {scaling.minimum}, not the {hold.target['minimum']} that we set"
        return Nothing(f"{moved}: somebody else moved it, so it is left")
    return _no_scale_in(case)


def _released(case: Case, hold: Hold, scaling: ScalingFacts, limits: Limits) -> Proposal | Held:
    """To the declared bounds, or to those that the outer loop wants by now, if it looks."""
    wanted = _wanted_by_the_loop(case)
    minimum = limits.minimum if wanted is None else wanted.minimum
    if minimum >= scaling.minimum:
        return Held("scale-in", f"the outer loop wants {minimum} tasks still")
    # An upper bound that somebody else has moved since is theirs.
    ours = scaling.maximum == hold.target["maximum"]
    found = number(hold.was, "maximum") if ours else scaling.maximum
    maximum = found if wanted is None else wanted.maximum
    return Proposal(
        f"release the lower bound of {case.subject} from {scaling.minimum} to {minimum}",
        {"minimum": minimum, "maximum": max(minimum, min(maximum, limits.maximum))},
        (Expectation("minimum", "at_most", minimum, BOUND_SECONDS),),
    )


def _wanted_by_the_loop(case: Case) -> Bounds | None:
    """The bounds are the outer loop's, once the hold is over: they go back to what it wants, if it looks."""
    loop = loop_that_looks(case)
    return loop.wanted if loop is not None else None


def _no_scale_in(case: Case) -> Held | None:
    """Not while a deployment, or another trouble of the gateway, needs what is there."""
    if case.facts.service is not None and case.facts.service.rolling_out is not None:
        return Held("scale-in", f"a deployment of {case.subject} is under way")
    conditions = case.overview.operations.conditions.values()
    others = (one for one in conditions if one.key != case.condition.key)
    bad = next((one for one in others if needs_its_tasks(one)), None)
    return None if bad is None else Held("scale-in", f"{bad.kind} of {bad.subject} is critical")
