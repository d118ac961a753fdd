"""What is told to whoever may approve: what would be done, why, at what price, and how to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.moments import told
from stargate.domain.operating.notices import LONGEST_SUBJECT
from stargate.domain.operating.pages import Page
from stargate.domain.people.approvals import approval_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.operating.operations import Overview
    from stargate.domain.people.approvals import Approval


def composed(overview: Overview, approval: Approval) -> Page:
    """No secret: the link is the notifier's to add."""
    subject = f"[stargate {overview.environment.name}] APPROVAL asked for: {approval.asks_for}"
    return Page(subject[:LONGEST_SUBJECT], "\n".join(_lines(overview, approval)))


def _lines(overview: Overview, approval: Approval) -> Iterator[str]:
    environment = overview.environment
    name = approval_name(environment, approval.approval_id)
    yield f"{approval.requested_by} asks to do this in {environment.name}:"
    yield ""
    yield f"  {approval.proposal}"
    yield ""
    yield from why(overview, approval)
    yield f"Until:       {told(approval.expires_at)}; nobody answering means no"
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
