"""Tell a person all that is needed to go on: the last rung of every rule, and the only one of some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.kind import ActionKind, Case
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts

DELIVERED_SECONDS = 900.0  # SNS tells CloudWatch every five minutes what it delivered, and late at times


class Page(ActionKind):
    name = "page"
    scope = "page"
    asks = frozenset()
    asks_again = asks
    changes_the_gateway = False
    once = True

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        condition = case.condition
        return Proposal(
            f"page a person about {condition.kind} of {condition.subject}, {condition.severity}",
            {"severity": condition.severity.value},
            (Expectation("pages_delivered", "at_least", 1, DELIVERED_SECONDS),),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:  # noqa: ARG002  (nobody can say)
        """Better twice than not at all."""
        return False
