"""Give a raised lower bound back, once what it was raised for is over and its time is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation, number
from stargate.domain.operating.actions.bounds import BoundsMoved
from stargate.domain.operating.limits import limits_of
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts

BOUND_SECONDS = 120.0


class ReleaseBound(BoundsMoved):
    name = "release_bound"
    asks = frozenset({"scaling"})
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
        if not hold.is_ours("minimum", scaling.minimum):
            moved = f"the lower bound is {scaling.minimum}, not the {hold.target['minimum']} that we set"
            return Nothing(f"{moved}: somebody else moved it, so it is left")
        minimum = limits.minimum
        # An upper bound that somebody else has moved since is theirs.
        ours = scaling.maximum == hold.target["maximum"]
        found = number(hold.was, "maximum") if ours else scaling.maximum
        return Proposal(
            f"release the lower bound of {case.subject} from {scaling.minimum} to {minimum}",
            {"minimum": minimum, "maximum": max(minimum, min(found, limits.maximum))},
            (Expectation("minimum", "at_most", minimum, BOUND_SECONDS),),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:
        return facts.scaling is not None and facts.scaling.minimum <= number(action.target, "minimum")
