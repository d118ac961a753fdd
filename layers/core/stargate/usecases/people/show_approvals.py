"""What people are asked, by whom and until when, and what they answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told
from stargate.domain.paging import NO_MARK
from stargate.domain.people.approvals import approval_name, approval_of
from stargate.errors import InvalidRequestError
from stargate.usecases.people.answer_approval import found

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.people.approvals import Approval
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock

    Document = dict[str, Any]

NAME = re.compile(r"[0-9a-f]{12}-[0-9]{13}-[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True)
class ShowApprovals:
    operations: OperationsRows
    clock: Clock

    def all(self, limit: int, after: str | None) -> Document:
        """`{"approvals": […], "next": …}`: what is asked now, of any environment, the oldest first."""
        if after is not None and NAME.fullmatch(after) is None:
            raise InvalidRequestError([NO_MARK])
        overviews = map(self.operations.by_id, self.operations.open_environments())
        now = self.clock.now()
        asked = [
            document_of(overview.environment, one, now)
            for overview in overviews
            for one in overview.operations.approvals.values()
            if one.is_pending(now)
        ]
        asked.sort(key=lambda one: _by_time(one["id"]))
        rest = [one for one in asked if after is None or _by_time(one["id"]) > _by_time(after)]
        return {"approvals": rest[:limit], "next": rest[limit - 1]["id"] if len(rest) > limit else None}

    def one(self, name: str) -> Document:
        overview, approval = found(self.operations, name)
        return document_of(overview.environment, approval, self.clock.now())


def _by_time(name: str) -> tuple[str, str]:
    environment_id, approval_id = approval_of(name)
    return approval_id, environment_id


def document_of(environment: Environment, approval: Approval, now: float) -> Document:
    """Nothing of its links."""
    at = approval.answered_at
    return {
        "id": approval_name(environment, approval.approval_id),
        "environment": environment.name,
        "status": approval.status_at(now).value,
        "condition": approval.condition,
        "severity": approval.severity.value,
        "action": approval.kind,
        "subject": approval.subject,
        "proposal": approval.proposal,
        "target": dict(approval.target),
        "usd_per_hour": approval.usd_per_hour or None,
        "requested_by": approval.requested_by,
        "requested_at": told(approval.requested_at),
        "expires_at": told(approval.expires_at),
        "approvers": list(environment.approvers),
        "answered_by": approval.answered_by or None,
        "answered_at": None if at is None else told(at),
        "reason": approval.reason or None,
        "entry": approval.entry_id,
    }
