"""What to do about a condition, with the reason, and with the guard that held it if one did."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import Case
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.conditions import Condition, Decided
from stargate.domain.operating.facts import UNKNOWN
from stargate.domain.operating.guards import Intent, first_held
from stargate.domain.operating.playbook import chosen, fitting, reason_of
from stargate.domain.operating.predicates import ALWAYS
from stargate.domain.operating.proposals import Held, Nothing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.action import Expectation, Target
    from stargate.domain.operating.facts import Facts
    from stargate.domain.operating.operations import Overview
    from stargate.domain.operating.playbook import Playbook, Rule


class Verdict(StrEnum):
    ACT = "act"
    HOLD = "hold"
    NONE = "none"


@dataclass(frozen=True)
class Decision:
    """`guard` is set if and only if the verdict is hold; `lifts_at` if it is known when the guard lifts.

    `action` is what the rule asks for, be it done, held or not needed; None if it asks for nothing. Of one
    that is to be done there is also what it works on, its target and what is expected of it.
    """

    verdict: Verdict
    reason: str
    action: str | None = None
    guard: str | None = None
    lifts_at: float | None = None
    subject: str = ""
    target: Target = field(default_factory=dict)
    expectations: tuple[Expectation, ...] = ()


def asks(
    playbook: Playbook, overview: Overview, condition: Condition, now: float
) -> Mapping[str, frozenset[str]]:
    """The facts that a decision needs, by subject: none if it is clear already that nothing will be done."""
    needed: dict[str, frozenset[str]] = {}
    for rule in fitting(playbook, condition):
        settled = rule.action is None or _held(rule, overview, condition, now) is not None
        if rule.when != ALWAYS or not settled:
            subject = rule.works_on(condition)
            needed[subject] = needed.get(subject, frozenset()) | rule.asks
        if rule.when == ALWAYS:
            break
    return {subject: names for subject, names in needed.items() if names}


def decide(
    playbook: Playbook, overview: Overview, condition: Condition, facts: Mapping[str, Facts], now: float
) -> Decision:
    """What the playbook says, unless a guard holds it or what is there needs nothing done."""
    rule = chosen(playbook, condition, facts)
    subject = rule.works_on(condition)
    measured = facts.get(subject, UNKNOWN)
    if rule.action is None:
        return Decision(Verdict.NONE, reason_of(rule, measured))
    held = _held(rule, overview, condition, now)
    if held is not None:
        return _hold(rule, held)
    case = Case(overview, condition, subject, measured, now, rule.parameters)
    proposed = ACTIONS[rule.action].propose(case)
    if isinstance(proposed, Held):
        return _hold(rule, proposed)
    if isinstance(proposed, Nothing):
        return Decision(Verdict.NONE, proposed.reason, rule.action)
    return Decision(
        Verdict.ACT,
        f"{reason_of(rule, measured)}: {proposed.summary}",
        rule.action,
        subject=subject,
        target=proposed.target,
        expectations=proposed.expectations,
    )


def _held(rule: Rule, overview: Overview, condition: Condition, now: float) -> Held | None:
    if rule.action is None:
        return None
    return first_held(overview, Intent(rule, rule.action, rule.works_on(condition)), now)


def _hold(rule: Rule, held: Held) -> Decision:
    return Decision(
        Verdict.HOLD,
        f"{rule.action} held by {held.guard}: {held.reason}",
        rule.action,
        held.guard,
        held.lifts_at,
    )


def as_decided(decision: Decision, at: float, entry_id: str) -> Decided:
    return Decided(
        decision.verdict, decision.action, decision.guard, decision.reason, at, entry_id, decision.lifts_at
    )


def differs(decision: Decision, before: Decided | None) -> bool:
    """Whether it says something new: reasons hold figures that change each minute, and alone are no news."""
    said = (decision.verdict, decision.action, decision.guard)
    return (
        decision.verdict is Verdict.ACT
        or before is None
        or said != (before.verdict, before.action, before.guard)
    )
