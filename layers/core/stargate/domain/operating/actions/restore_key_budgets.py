"""Give keys back what they might spend before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.budgets_moved import NOT_TO_BE_HAD, BudgetsMoved, all_set, told
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case


class RestoreKeyBudgets(BudgetsMoved):
    name = "restore_key_budgets"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        """Where no key is left to be given anything, this ends what is held all the same."""
        hold = case.overview.operations.holds.get(self.scope)
        if hold is None or not hold.live or hold.condition != case.condition.key:
            return Nothing("no budget was lowered for it")
        budgets = case.facts.key_budgets
        if budgets is None:
            return Held("limits", NOT_TO_BE_HAD)
        back = {
            alias: hold.was[alias]
            for alias in hold.target
            if alias in hold.was and alias in budgets and hold.is_ours(alias, told(budgets[alias].most))
        }
        words = f"give {len(back)} keys the budgets back that they had"
        if not back:
            words = "leave the budgets of keys as they are: the keys are gone, or somebody else has set them"
        return Proposal(words, back, all_set(len(back)))

    def deed(self, action: Action) -> str:
        return f"gave their budgets back to {', '.join(sorted(action.target)) or 'no key'}"
