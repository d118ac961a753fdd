"""What is told to whoever may approve: what would be done, why, at what price, and how to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.moments import told
from stargate.domain.operating.notices import Notice
from stargate.domain.operating.threads import thread_of
from stargate.domain.people.approvals import APPROVAL, approval_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.operating.operations import Overview
    from stargate.domain.people.approvals import Approval


def composed(overview: Overview, approval: Approval) -> Notice:
    """No secret: the link is the notifier's to add.

    In the thread of its incident, under a subject of its own: it does not tell, it asks.
    """
    environment = overview.environment
    condition = overview.operations.conditions.get(approval.condition)
    incident = overview.operations.incident_of(approval.condition)
    return Notice(
        news=APPROVAL,
        notice_id=approval.approval_id,
        environment=environment.name,
        thread=thread_of(environment, incident, condition) if condition else "",
        severity=approval.severity.value,
        subject=f"[stargate {environment.name}] APPROVAL asked for: {approval.asks_for}",
        text="\n".join(_lines(overview, approval)),
        facts={
            "approval": approval_name(environment, approval.approval_id),
            "action": approval.kind,
            "subject": approval.subject,
            "proposal": approval.proposal,
            "requested_by": approval.requested_by,
            "until": told(approval.expires_at),
            "incident": incident.incident_id if incident else None,
        },
    )


def _lines(overview: Overview, approval: Approval) -> Iterator[str]:
    environment = overview.environment
    name = approval_name(environment, approval.approval_id)
    yield f"{approval.requested_by} asks to do this in {environment.name}:"
    yield ""
    yield f"  {approval.proposal}"
    yield ""
    yield from why(overview, approval)
    yield f"Until:       {told(approval.expires_at)}; nobody answering means no"
    incident = overview.operations.incident_of(approval.condition)
    if incident is not None:
        yield f"Incident:    stargate incidents {environment.name} {incident.incident_id}"
    yield ""
    yield f"Look first:  stargate approvals {name}"
    yield f'Grant:       stargate approve {name} --reason "..."'
    yield f'Refuse:      stargate refuse {name} --reason "..."'


def why(overview: Overview, approval: Approval) -> Iterator[str]:
    """What it would answer, and what was decided about that."""
    condition = overview.operations.conditions.get(approval.condition)
    if condition is not None:
        yield f"Because:     {condition.kind} of {condition.subject} is {condition.severity}"
        yield f"Since:       {told(condition.opened_at)}"
    if condition is not None and condition.decided is not None:
        yield f"Decided:     {condition.decided.reason}"
