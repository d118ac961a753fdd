"""A person's word on one action: asked for when a decision needs it, good for one performance.

It is asked for once. What was refused, or what nobody answered, is asked again only when its condition has
opened anew or worsened since, or when the time of rest is over. A grant is used soon or not at all: what was
shown may not be so any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from stargate.domain.moments import told
from stargate.domain.signals.signal import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.operating.action import Action, Target
    from stargate.domain.operating.conditions import Condition

APPROVAL = "approval"  # the guard, and the kind of its ledger entries
HOUR = 3600.0
ANSWER_SECONDS = HOUR  # so long it can be answered
USE_SECONDS = HOUR / 4  # so long a grant can be used
LOOP = "the loop"  # who asks where no person did


class ApprovalStatus(StrEnum):
    PENDING = "PENDING"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


UNANSWERED = frozenset({ApprovalStatus.PENDING, ApprovalStatus.REFUSED, ApprovalStatus.EXPIRED})  # by a yes
REST_SECONDS = {ApprovalStatus.REFUSED: 4 * HOUR, ApprovalStatus.EXPIRED: HOUR}


@dataclass(frozen=True)
class Approval:
    """`condition` is the key of the one that the action would answer, `severity` how bad it was when asked.

    `expires_at` is until when it can be answered, of one that is granted until when it can be used.
    `approval_id` is the ledger entry of the asking, `entry_id` the newest about it, the cause of the next.
    `requested_by` is a person's ARN, or the loop. `proposal` says in words what `target` says in figures.
    `links` has, by approver, the hash of the one-time link that was made for that person, and `told_at` when
    the approvers were told.
    """

    approval_id: str
    condition: str
    kind: str
    subject: str
    requested_at: float
    expires_at: float
    status: ApprovalStatus = ApprovalStatus.PENDING
    answered_at: float | None = None
    answered_by: str = ""
    reason: str = ""
    requested_by: str = LOOP
    proposal: str = ""
    target: Target = field(default_factory=dict)
    usd_per_hour: str = ""
    severity: Severity = Severity.WARNING
    links: Mapping[str, str] = field(default_factory=dict)
    told_at: float | None = None
    entry_id: str = ""
    version: int = 0

    @property
    def asks_for(self) -> str:
        return f"{self.kind} of {self.subject}"

    def is_about(self, condition: str, kind: str, subject: str) -> bool:
        return (self.condition, self.kind, self.subject) == (condition, kind, subject)

    def is_pending(self, now: float) -> bool:
        return self.status_at(now) is ApprovalStatus.PENDING

    def allows(self, now: float) -> bool:
        return self.status is ApprovalStatus.GRANTED and now < self.expires_at

    def is_used(self, actions: Iterable[Action]) -> bool:
        """Whether what it allowed was done since."""
        granted = self.answered_at or 0.0
        same = (one for one in actions if (one.condition, one.kind) == (self.condition, self.kind))
        return any(one.performed_at is not None and one.performed_at >= granted for one in same)

    def status_at(self, now: float) -> ApprovalStatus:
        """Time alone ends what nobody answers, be it written down yet or not."""
        lapsed = self.status is ApprovalStatus.PENDING and now >= self.expires_at
        return ApprovalStatus.EXPIRED if lapsed else self.status

    def answered(self, status: ApprovalStatus, by: str, reason: str, now: float) -> Approval:
        expires_at = now + USE_SECONDS if status is ApprovalStatus.GRANTED else self.expires_at
        said = replace(self, status=status, answered_at=now, answered_by=by, reason=reason)
        return replace(said, expires_at=expires_at)


def approval_name(environment: Environment, approval_id: str) -> str:
    """By which people and the API know it."""
    return f"{environment.environment_id}-{approval_id}"


def approval_of(name: str) -> tuple[str, str]:
    """The environment's id and the approval's in such a name."""
    environment_id, _, approval_id = name.partition("-")
    return environment_id, approval_id


def newest(approvals: Iterable[Approval], condition: str, kind: str, subject: str) -> Approval | None:
    about = (one for one in approvals if one.is_about(condition, kind, subject))
    return max(about, key=lambda one: one.requested_at, default=None)


def standing(approval: Approval, now: float) -> str:
    """In words, where it stands."""
    status = approval.status_at(now)
    at = told(approval.answered_at or approval.expires_at)
    if status in {ApprovalStatus.GRANTED, ApprovalStatus.REFUSED}:
        because = f": {approval.reason}" if approval.reason else ""
        return f"{approval.answered_by} {status.lower()} it at {at}{because}"
    if status is ApprovalStatus.EXPIRED:
        return f"nobody answered until {told(approval.expires_at)}"
    if status is ApprovalStatus.WITHDRAWN:
        return "it is not waited for any more"
    return f"asked for until {told(approval.expires_at)}"


def is_to_be_asked(approval: Approval | None, condition: Condition, now: float) -> bool:
    """Whether a person is to be asked (anew)."""
    if approval is None:
        return True
    status = approval.status_at(now)
    if status is ApprovalStatus.PENDING:
        return False
    if status not in REST_SECONDS:
        return True
    since = approval.answered_at if status is ApprovalStatus.REFUSED else approval.expires_at
    worse = condition.severity.rank > approval.severity.rank
    changed = condition.opened_at > approval.requested_at or worse
    return changed or now >= (since or 0.0) + REST_SECONDS[status]


def over(approval: Approval, now: float, *, waited_for: bool) -> Approval | None:
    """As it is when nobody has answered in time, or nothing waits for the answer; None: it goes on."""
    if approval.status is not ApprovalStatus.PENDING:
        return None
    if not approval.is_pending(now):
        return replace(approval, status=ApprovalStatus.EXPIRED)
    return None if waited_for else replace(approval, status=ApprovalStatus.WITHDRAWN)
