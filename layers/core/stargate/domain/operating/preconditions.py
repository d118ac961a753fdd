"""Whether an action may still be performed: what was true when it was decided may have changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import Case
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.guards import Intent, first_held
from stargate.domain.operating.ladders import rule_named, with_what_is_due
from stargate.domain.operating.proposals import Held, Nothing

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.facts import Facts
    from stargate.domain.operating.operations import Overview
    from stargate.domain.operating.playbook import Playbook, Rule, Rung


def unmet(
    playbook: Playbook, overview: Overview, action: Action, facts: Facts, now: float
) -> Held | Nothing | None:
    """The guard that holds it by now, or why nothing is left to do, or None if it may be performed."""
    condition = overview.operations.conditions.get(action.condition)
    rule, rung = _asking(playbook, overview, action, condition) if condition else (None, None)
    if condition is None or rule is None or rung is None:
        return Nothing("the playbook does not ask for it any more")
    if condition.open is not rule.is_open:
        return Nothing(f"its condition has {'opened again' if condition.open else 'closed'} meanwhile")
    held = first_held(
        overview, Intent(rule, condition, ACTIONS[action.kind], action.subject, action.action_id), now
    )
    case = Case(overview, condition, action.subject, facts, now, rung.parameters)
    return held or ACTIONS[action.kind].still(case, action)


def _asking(
    playbook: Playbook, overview: Overview, action: Action, condition: Condition
) -> tuple[Rule, Rung] | tuple[None, None]:
    """The rule and the rung that led to it, if they still ask for it, however severe the condition is."""
    rule = rule_named(with_what_is_due(playbook, overview.operations, condition), action.rule)
    if rule is None or not rule.is_about(condition):
        return None, None
    rung = rule.ladder[action.rung] if action.rung < len(rule.ladder) else None
    return (rule, rung) if rung is not None and rung.action == action.kind else (None, None)
