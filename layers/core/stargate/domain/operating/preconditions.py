"""Whether an action may still be performed: what was true when it was decided may have changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import Case
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.guards import Intent, first_held
from stargate.domain.operating.playbook import Playbook, rule_of
from stargate.domain.operating.proposals import Held, Nothing

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts
    from stargate.domain.operating.operations import Overview


def unmet(
    playbook: Playbook, overview: Overview, action: Action, facts: Facts, now: float
) -> Held | Nothing | None:
    """The guard that holds it by now, or why nothing is left to do, or None if it may be performed."""
    condition = overview.operations.conditions.get(action.condition)
    rule = rule_of(playbook, condition, action.kind) if condition else None
    if condition is None or rule is None:
        return Nothing("the playbook does not ask for it any more")
    if condition.open is not rule.is_open:
        return Nothing(f"its condition has {'opened again' if condition.open else 'closed'} meanwhile")
    held = first_held(overview, Intent(rule, action.kind, action.subject, action.action_id), now)
    case = Case(overview, condition, action.subject, facts, now, rule.parameters)
    return held or ACTIONS[action.kind].still(case, action)
