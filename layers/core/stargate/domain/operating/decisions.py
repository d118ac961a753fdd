"""What to do about a condition, with the reason, and with the guard that held it if one did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeGuard

from stargate.domain.operating.actions.kind import Case
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.conditions import Condition, Decided
from stargate.domain.operating.facts import UNKNOWN
from stargate.domain.operating.guards import Intent, first_held
from stargate.domain.operating.ladders import rungs_left, with_what_is_due
from stargate.domain.operating.playbook import chosen, fitting, reason_of
from stargate.domain.operating.predicates import asked_by
from stargate.domain.operating.proposals import Held, Nothing, Proposal
from stargate.domain.people.approvals import APPROVAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.operating.action import Expectation, Target
    from stargate.domain.operating.facts import Facts
    from stargate.domain.operating.operations import Overview
    from stargate.domain.operating.playbook import Playbook, Rule, Rung


class Verdict(StrEnum):
    ACT = "act"
    HOLD = "hold"
    NONE = "none"


@dataclass(frozen=True)
class Decision:
    """`guard` is set if and only if the verdict is hold; `lifts_at` if it is known when the guard lifts.

    `action` is what the rule asks for at its rung, be it done, held or not needed; None if it asks for none.
    Of one that is to be done, or that waits for nothing but an approval, there is also its proposal in words,
    what it works on, its target, what is expected of it, what it adds to the bill while it lasts, and
    whether it is to be taken back if its effect is missed. `gave_way`: the guards that held lower rungs for
    good.
    """

    verdict: Verdict
    reason: str
    rule: str
    action: str | None = None
    rung: int = 0
    guard: str | None = None
    lifts_at: float | None = None
    subject: str = ""
    proposal: str = ""
    target: Target = field(default_factory=dict)
    expectations: tuple[Expectation, ...] = ()
    undo: bool = False
    adds: Mapping[str, float] = field(default_factory=dict)
    gave_way: tuple[str, ...] = ()


def asks(
    playbook: Playbook, overview: Overview, condition: Condition, now: float
) -> Mapping[str, frozenset[str]]:
    """The facts that a decision needs, by subject: none if it is clear already that nothing will be done."""
    needed: dict[str, frozenset[str]] = {}
    for rule in fitting(with_what_is_due(playbook, overview.operations, condition), condition, now):
        for subject, names in _asked_for(rule, overview, condition, now):
            needed[subject] = needed.get(subject, frozenset()) | names
    return {subject: names for subject, names in needed.items() if names}


def _asked_for(
    rule: Rule, overview: Overview, condition: Condition, now: float
) -> Iterator[tuple[str, frozenset[str]]]:
    yield rule.asked_of(condition), asked_by(rule.when)
    left = [rung for _, rung in rungs_left(rule, condition, overview.operations)]
    if left and not _bars(_held(rule, left[0], overview, condition, now)):
        yield from ((rung.works_on(condition), ACTIONS[rung.action].asks) for rung in left)


def decide(
    playbook: Playbook, overview: Overview, condition: Condition, facts: Mapping[str, Facts], now: float
) -> Decision:
    """What the playbook says, unless a guard holds it or what is there needs nothing done.

    A rung at its limit gives way to the next, which says so, and so does one that is damped.
    """
    rule = chosen(with_what_is_due(playbook, overview.operations, condition), condition, facts, now)
    reason = reason_of(rule, condition, facts.get(rule.asked_of(condition), UNKNOWN))
    if not rule.rungs:
        return Decision(Verdict.NONE, reason, rule.name)
    decision = Decision(Verdict.NONE, f"{reason}: nothing is left to be tried", rule.name)
    gave_way: list[str] = []
    for place, rung in rungs_left(rule, condition, overview.operations):
        subject = rung.works_on(condition)
        case = Case(overview, condition, subject, facts.get(subject, UNKNOWN), now, rung.parameters)
        asked = Decision(
            Verdict.NONE, "", rule.name, rung.action, place, subject=subject, gave_way=tuple(gave_way)
        )
        decision, held = _of_rung(asked, rule, rung, case, reason)
        if held is None or not _gives_way(held, condition):
            break
        reason = f"{reason}, and {held.reason}"
        gave_way.append(held.guard)
    return decision


def _of_rung(
    asked: Decision, rule: Rule, rung: Rung, case: Case, reason: str
) -> tuple[Decision, Held | None]:
    """What comes of it, and what holds it if something does."""
    held = _held(rule, rung, case.overview, case.condition, case.now)
    found = held if _bars(held) else _proposed(rung, case)
    if isinstance(found, Proposal):
        adds = ACTIONS[rung.action].adds(case, found)
        asked = replace(_proposing(asked, found), adds=adds, undo=rung.undo)
        found = held or found
    return _decision(asked, found, reason), found if isinstance(found, Held) else None


def _proposed(rung: Rung, case: Case) -> Proposal | Nothing | Held:
    """By its action, with what the rule expects of it if that is something else."""
    found = ACTIONS[rung.action].propose(case)
    if isinstance(found, Proposal) and rung.expectations:
        return replace(found, expectations=rung.expectations)
    return found


def _bars(held: Held | None) -> TypeGuard[Held]:
    """A person is shown what would be done, and is not asked about what is not needed or cannot be."""
    return held is not None and held.guard != APPROVAL


def _proposing(asked: Decision, found: Proposal) -> Decision:
    return replace(asked, proposal=found.summary, target=found.target, expectations=found.expectations)


def _gives_way(held: Held, condition: Condition) -> bool:
    """Waiting would not help: it is at its limit, or its condition comes and goes: a person should know."""
    return held.guard == "limits" or (held.guard == "flapping" and condition.open)


def _decision(asked: Decision, found: Proposal | Nothing | Held, reason: str) -> Decision:
    if isinstance(found, Held):
        words = f"{asked.action} held by {found.guard}: {found.reason}"
        return replace(asked, verdict=Verdict.HOLD, reason=words, guard=found.guard, lifts_at=found.lifts_at)
    if isinstance(found, Nothing):
        return replace(asked, reason=found.reason)
    return replace(asked, verdict=Verdict.ACT, reason=f"{reason}: {asked.proposal}")


def _held(rule: Rule, rung: Rung, overview: Overview, condition: Condition, now: float) -> Held | None:
    intent = Intent(rule, condition, ACTIONS[rung.action], rung.works_on(condition))
    return first_held(overview, intent, now)


def as_decided(decision: Decision, at: float, entry_id: str) -> Decided:
    return Decided(
        verdict=decision.verdict,
        action=decision.action,
        guard=decision.guard,
        reason=decision.reason,
        at=at,
        entry_id=entry_id,
        lifts_at=decision.lifts_at,
        rule=decision.rule,
    )


def differs(decision: Decision, before: Decided | None) -> bool:
    """Whether it says something new: reasons hold figures that change each minute, and alone are no news."""
    said = (decision.verdict, decision.action, decision.guard)
    return (
        decision.verdict is Verdict.ACT
        or before is None
        or said != (before.verdict, before.action, before.guard)
    )
