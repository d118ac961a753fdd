"""Let unimportant keys spend little more for a while: what they burn is wanted for others."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from stargate.domain.costs.money import cents
from stargate.domain.operating.actions.budgets_moved import (
    NOT_TO_BE_HAD,
    BudgetsMoved,
    all_set,
    is_less,
    read,
    told,
)
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.action import Action, Target
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts, KeyBudget
    from stargate.domain.operating.holds import Hold

USUALLY_LEFT = Decimal(1)
MOST_AT_ONCE = 50  # of those that have spent most: each is a call of LiteLLM, within the observer's seconds


class LowerKeyBudgets(BudgetsMoved):
    """`leave_usd` is what each may still spend. Only keys that are marked as unimportant are touched."""

    name = "lower_key_budgets"
    taken_back_by = "restore_key_budgets"
    takes = frozenset({"leave_usd"})

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        budgets, left = case.facts.key_budgets, _left(case)
        if left is None:
            return Held("limits", "the rule does not say in dollars what keys may still spend")
        if budgets is None:
            return Held("limits", NOT_TO_BE_HAD)
        if not any(key.unimportant for key in budgets.values()):
            return Held("limits", "no key is marked as unimportant")
        hold = case.overview.operations.holds.get(self.scope)
        live = hold if hold is not None and hold.live else None
        kept = _still_ours(live, budgets)
        lowered = dict(_lowered(budgets, left, live, MOST_AT_ONCE - len(kept)))
        if not lowered:
            return Nothing("unimportant keys may spend no more than that already")
        more = sum((lowered[alias] - budgets[alias].spent for alias in lowered), Decimal(0))
        target = {**kept, **{alias: told(most) for alias, most in lowered.items()}}
        return Proposal(
            f"lower the budgets of {len(lowered)} unimportant keys, which may spend ${cents(more)} more",
            target,
            all_set(len(target)),
        )

    def still(self, case: Case, action: Action) -> Held | Nothing | None:
        """The sums are those that were decided; what somebody has changed since the observer leaves."""
        if case.facts.key_budgets is None:
            return Held("limits", NOT_TO_BE_HAD)
        return Nothing("their budgets are lowered already") if self.is_done(action, case.facts) else None

    def was(self, action: Action, facts: Facts) -> Target:
        """Of those that it makes less: what has become less still meanwhile is left so."""
        budgets = facts.key_budgets or {}
        return {
            alias: most
            for alias, most in super().was(action, facts).items()
            if is_less(read(str(action.target[alias])), budgets[alias].most)
        }

    def deed(self, action: Action) -> str:
        return f"lowered the budgets of {', '.join(sorted(action.target))}"


def _left(case: Case) -> Decimal | None:
    try:
        left = Decimal(str(case.parameters.get("leave_usd", USUALLY_LEFT)))
    except InvalidOperation:
        return None
    return left if left.is_finite() and left >= 0 else None


def _still_ours(live: Hold | None, budgets: Mapping[str, KeyBudget]) -> Target:
    """What we have lowered and nobody has changed since."""
    if live is None:
        return {}
    return {
        alias: told(budgets[alias].most)
        for alias in live.target
        if alias in budgets and live.is_ours(alias, told(budgets[alias].most))
    }


def _lowered(
    budgets: Mapping[str, KeyBudget], left: Decimal, live: Hold | None, most: int
) -> list[tuple[str, Decimal]]:
    """Those that have spent most come first; a sum that somebody else has set since is theirs."""
    found, more = [], 0
    for alias, key in sorted(budgets.items(), key=lambda one: (-one[1].spent, one[0])):
        wanted, ours = cents(key.spent + left), live is not None and alias in live.target
        if not key.unimportant or not is_less(wanted, key.most) or _is_theirs(live, alias, key):
            continue
        more += not ours
        if ours or more <= most:
            found.append((alias, wanted))
    return found


def _is_theirs(live: Hold | None, alias: str, key: KeyBudget) -> bool:
    """Somebody else has set it since we did."""
    return live is not None and alias in live.was and not live.is_ours(alias, told(key.most))
