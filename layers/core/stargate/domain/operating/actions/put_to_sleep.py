"""Put the whole environment to sleep: for money that is spent, where nobody depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.kind import ActionKind, Case
from stargate.domain.operating.facts import ASLEEP, FALLING_ASLEEP
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts

ASLEEP_SECONDS = 3600.0  # services drain, then the database stops: ten minutes or so, and RDS takes its time


class PutToSleep(ActionKind):
    """Everything of it stays, and nothing runs. A person wakes it, or its schedule does."""

    name = "put_to_sleep"
    scope = "rest"
    asks = frozenset({"standing"})
    asks_again = asks
    shakes_everything = True
    once = True
    works_on = "environment"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        environment = case.overview.environment
        if environment.deletion_protection:
            return Held("limits", f"{environment.name} is protected: what is protected is not put to sleep")
        if case.facts.standing in {ASLEEP, FALLING_ASLEEP}:
            return Nothing(f"{environment.name} is {case.facts.standing}")
        return Proposal(
            f"put {environment.name} to sleep until somebody wakes it",
            {},
            (Expectation("asleep", "at_least", 1, ASLEEP_SECONDS),),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:  # noqa: ARG002  (what is asleep, whoever did it)
        return facts.standing in {ASLEEP, FALLING_ASLEEP}

    def deed(self, action: Action) -> str:  # noqa: ARG002  (there is one deed)
        return "put the environment to sleep"

    def adds(self, case: Case, proposal: Proposal) -> Mapping[str, float]:  # noqa: ARG002  (always the same)
        """LiteLLM's tasks and the database by the hour; the smaller services come on top of it."""
        spec = case.overview.environment.spec
        return {"task:litellm": -spec.litellm.min_tasks, f"database:{spec.database.instance_class}": -1}
