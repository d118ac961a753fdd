"""Deploy what runs anew: new tasks start, take over, and the old ones end once their streams are drained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import ActionKind, Case
from stargate.domain.operating.actions.wellness import well_again
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts


class RestartService(ActionKind):
    name = "restart_service"
    scope = "service"
    asks = frozenset({"service"})
    asks_again = asks

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        if case.facts.service is None:
            return Nothing(f"ECS has no service {case.subject}")
        if case.facts.service.rolling_out is not None:
            return Nothing("a deployment is under way already")
        return Proposal(f"restart {case.subject}", {}, well_again())

    def is_done(self, action: Action, facts: Facts) -> bool:
        deployments = facts.service.deployments if facts.service else ()
        return any(one.created_at >= action.since for one in deployments)
