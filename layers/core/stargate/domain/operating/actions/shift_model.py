"""Serve one model by another for a while: its quota is nearly used up, and more tasks would be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.model_routes import ModelsRouted, routed
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts


class ShiftModel(ModelsRouted):
    """`from` and `to` are models by the names that LiteLLM serves them under: a rule allows just this."""

    name = "shift_model"
    taken_back_by = "restore_model"
    takes = frozenset({"from", "to"})

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        aliases = case.facts.aliases
        given, served = (str(case.parameters.get(name, "")) for name in ("from", "to"))
        if not given or not served or given == served:
            return Held("limits", "the rule does not say which model may serve in the place of which")
        if aliases is None:
            return Held("limits", "LiteLLM's routing is not to be had: it needs the database")
        if aliases.get(given) == served:
            return Nothing(f"{given} is served by {served} already")
        if served in aliases:
            return Held("limits", f"{served} is served by {aliases[served]} itself")
        after = {**aliases, given: served}
        return Proposal(
            f"serve {given} by {served}",
            {f"alias:{model}": other for model, other in after.items()},
            routed(len(after)),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:
        return self.found(facts) == action.target
