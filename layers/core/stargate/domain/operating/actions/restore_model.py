"""Serve each model by itself again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.model_routes import ModelsRouted, routed
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts


class RestoreModel(ModelsRouted):
    name = "restore_model"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        hold = case.overview.operations.holds.get(self.scope)
        if hold is None or not hold.live or hold.condition != case.condition.key:
            return Nothing("no model was shifted for it")
        if case.facts.aliases is None:
            return Held("limits", "LiteLLM's routing is not to be had: it needs the database")
        if self.found(case.facts) not in ({}, hold.target, hold.target_before):
            return Nothing("the routing is not as it was set: somebody else changed it, so it is left")
        if self.found(case.facts) == hold.was:
            return Nothing("the routing is as it was already")
        return Proposal("serve each model as before again", hold.was, routed(len(hold.was)))

    def is_done(self, action: Action, facts: Facts) -> bool:
        return facts.aliases is not None and self.found(facts) == action.target
