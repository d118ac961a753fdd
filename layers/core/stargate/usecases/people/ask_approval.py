"""A decision waits for a person: ask once, and put away what nobody answers or nobody waits for any more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.costs.hourly import hourly
from stargate.domain.moments import told
from stargate.domain.operating.conditions import is_asked
from stargate.domain.operating.decisions import Verdict
from stargate.domain.people.approvals import (
    ANSWER_SECONDS,
    APPROVAL,
    LOOP,
    Approval,
    is_to_be_asked,
    newest,
    over,
    standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.decisions import Decision
    from stargate.domain.operating.operations import Overview
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

    Told = tuple[Approval, Entry]


@dataclass(frozen=True)
class AskApproval:
    clock: Clock
    narrator: Narrator

    def __call__(
        self, overview: Overview, condition: Condition, decision: Decision, cause: str
    ) -> Iterator[Told]:
        """Each approval of the condition that changes, with its entry; `cause` is the decision that waits."""
        for one in overview.operations.approvals.values():
            if one.condition == condition.key:
                yield from self.end(overview, one, waited_for=_waits(condition, decision, one))
        if decision.guard == APPROVAL:
            yield from self._asked(overview, condition, decision, cause)

    def end(self, overview: Overview, approval: Approval, *, waited_for: bool) -> Iterator[Told]:
        """Of one that has lapsed, or that nothing waits for any more."""
        ended = over(approval, self.clock.now(), waited_for=waited_for)
        if ended is not None:
            summary = f"approval of {ended.asks_for}: {standing(ended, self.clock.now())}"
            yield told_of(self.narrator, overview.environment, ended, summary)

    def _asked(
        self, overview: Overview, condition: Condition, decision: Decision, cause: str
    ) -> Iterator[Told]:
        now, kind = self.clock.now(), decision.action or ""
        before = newest(overview.operations.approvals.values(), condition.key, kind, decision.subject)
        if not is_to_be_asked(before, condition, now):
            return
        price = hourly(decision.adds, overview.environment)
        approval = Approval(
            approval_id="",
            condition=condition.key,
            kind=kind,
            subject=decision.subject,
            requested_at=now,
            expires_at=now + ANSWER_SECONDS,
            requested_by=condition.facts["asked_by"] if is_asked(condition) else LOOP,
            proposal=f"{decision.proposal}{price.words}",
            target=decision.target,
            usd_per_hour="" if price.usd is None else str(price.usd),
            severity=condition.severity,
            entry_id=cause,
        )
        words = f"approval asked for until {told(approval.expires_at)}: {approval.proposal}"
        asked, entry = told_of(self.narrator, overview.environment, approval, words)
        yield replace(asked, approval_id=entry.entry_id), entry


def _waits(condition: Condition, decision: Decision, approval: Approval) -> bool:
    """Also while another guard holds it, or nothing is needed at this moment: nobody is asked twice."""
    same = (decision.action, decision.subject) == (approval.kind, approval.subject)
    held = decision.verdict is Verdict.HOLD
    return same and (held or (decision.verdict is Verdict.NONE and condition.open))


def told_of(narrator: Narrator, environment: Environment, approval: Approval, summary: str) -> Told:
    """The entry of what became of it, caused by what was told of it before; it is the newest from then on."""
    detail = {
        "approval": approval.approval_id or None,
        "condition": approval.condition,
        "action": approval.kind,
        "status": approval.status.value,
        "proposal": approval.proposal,
        "target": dict(approval.target) or None,
        "usd_per_hour": approval.usd_per_hour or None,
        "requested_by": approval.requested_by,
        "answered_by": approval.answered_by or None,
        "reason": approval.reason or None,
        "expires_at": told(approval.expires_at),
    }
    said = {name: value for name, value in detail.items() if value is not None}
    entry = narrator.entry(environment, APPROVAL, approval.subject, summary, approval.entry_id, said)
    return replace(approval, entry_id=entry.entry_id), entry
