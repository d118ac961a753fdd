"""Who may answer for an environment: whom it names, and never the one who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.people.approvals import Approval

MOST = 10  # each gets a message of one's own


def person_of(actor: str) -> str:
    """The name that IAM knows a person by: of the user, or of the session of a role that was taken on."""
    return actor.rpartition("/")[2]


def barred(environment: Environment, approval: Approval, by: str) -> str:
    """Why this person (an ARN, or the name that a link was made for) may not answer it; "" if they may."""
    person = person_of(by)
    if person == person_of(approval.requested_by):
        return f"{person} asked for it: somebody else has to answer"
    if environment.approvers and person not in environment.approvers:
        return f"{person} is none of its approvers: {', '.join(environment.approvers)}"
    return ""


def asked_people(environment: Environment, approval: Approval) -> tuple[str, ...]:
    return tuple(one for one in environment.approvers if not barred(environment, approval, one))
