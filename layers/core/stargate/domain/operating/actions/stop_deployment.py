"""Stop a deployment whose tasks crash and have ECS roll it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import ActionKind, Case
from stargate.domain.operating.actions.wellness import well_again
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts


class StopDeployment(ActionKind):
    name = "stop_deployment"
    scope = "service"
    asks = frozenset({"service"})
    asks_again = asks

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        rolling = case.facts.service.rolling_out if case.facts.service else None
        if rolling is None:
            return Nothing("no deployment is under way")
        return Proposal(
            f"stop the deployment {rolling.deployment_id} of {case.subject} and roll it back",
            {"deployment": rolling.deployment_id},
            well_again(),
        )

    def still(self, case: Case, action: Action) -> Held | Nothing | None:
        proposed = self.propose(case)
        if not isinstance(proposed, Proposal):
            return proposed
        if proposed.target["deployment"] != action.target["deployment"]:
            return Nothing("another deployment is under way by now")
        return None

    def is_done(self, action: Action, facts: Facts) -> bool:
        rolling = facts.service.rolling_out if facts.service else None
        return rolling is None or rolling.deployment_id != action.target["deployment"]
