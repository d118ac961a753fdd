"""Which rung of a rule is next, and what is taken back first.

What was tried is not kept beside the actions but read from them: those of the rule since its condition
opened. An action's row is kept for a day, so a condition that is open for longer begins its ladder again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.asking import is_done, rule_of
from stargate.domain.operating.conditions import is_asked
from stargate.domain.operating.playbook import MINUTE, Playbook, Rule, Rung

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.operating.action import Action
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.holds import Hold
    from stargate.domain.operating.operations import Operations

OVER = frozenset({ActionStatus.MISSED, ActionStatus.FAILED})


def with_what_is_due(playbook: Playbook, operations: Operations, condition: Condition) -> Playbook:
    """The playbook, and before its rows what is to be taken back of this condition by now."""
    ours = (hold for hold in operations.holds.values() if hold.live and hold.condition == condition.key)
    due = [_taking_back(hold, condition) for hold in ours if hold.spent or not condition.open]
    return (*due, *_asked_for(playbook, operations, condition), *playbook)


def _asked_for(playbook: Playbook, operations: Operations, condition: Condition) -> Playbook:
    """A person's wish is a rule of its own, until it is done."""
    if not is_asked(condition) or not condition.open or is_done(condition, operations.actions.values()):
        return ()
    return (rule_of(condition, playbook),)


def _taking_back(hold: Hold, condition: Condition) -> Rule:
    why = "its effect was missed" if hold.spent else "what it was for is over"
    takes_back = ACTIONS[hold.kind].taken_back_by or ""
    return Rule(
        name=f"take back {hold.scope}",
        condition=condition.key,
        is_open=condition.open,
        rungs=(Rung(takes_back, hold.subject, tries=3),),
        reason=f"{hold.kind} is taken back, {why}",
        guards=("expiry",),
        cool_down=MINUTE,
        most_in_an_hour=20,
    )


def rungs_left(rule: Rule, condition: Condition, operations: Operations) -> Iterator[tuple[int, Rung]]:
    """Those that have not missed as often as they may, with their places from the bottom, lowest first.

    What is done once gives way to what the rule has next, and not to the page at its end: it has not missed.
    """
    for place, rung in enumerate(rule.ladder):
        if place == len(rule.rungs) and _is_done(rule, place - 1, condition, operations):
            return
        if _tries(rule, place, condition, operations) < rung.tries:
            yield place, rung


def _tries(rule: Rule, place: int, condition: Condition, operations: Operations) -> int:
    return sum(_is_over(one) for one in _of(rule, place, condition, operations))


def _of(rule: Rule, place: int, condition: Condition, operations: Operations) -> Iterator[Action]:
    for action in operations.actions.values():
        same = (action.condition, action.rule, action.rung) == (condition.key, rule.name, place)
        if same and action.requested_at >= condition.opened_at:
            yield action


def _is_done(rule: Rule, place: int, condition: Condition, operations: Operations) -> bool:
    return any(_is_done_once(one) for one in _of(rule, place, condition, operations))


def _is_over(action: Action) -> bool:
    return _is_done_once(action) or action.status in OVER


def _is_done_once(action: Action) -> bool:
    return ACTIONS[action.kind].once and action.status is ActionStatus.REACHED


def rule_named(playbook: Playbook, name: str) -> Rule | None:
    return next((rule for rule in playbook if rule.name == name), None)
