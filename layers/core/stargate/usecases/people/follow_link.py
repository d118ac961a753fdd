"""A named approver comes by the one-time link: it is shown what is asked, and by another step answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.people.links import holder_of, read_token
from stargate.errors import ApprovalNotFoundError
from stargate.usecases.people.answer_approval import found

if TYPE_CHECKING:
    from stargate.domain.operating.operations import Overview
    from stargate.domain.people.approvals import Approval
    from stargate.usecases.people.answer_approval import AnswerApproval

UNKNOWN = "there is no such link; only the newest that was sent to an approver is good"


@dataclass(frozen=True)
class Followed:
    """`approver` is the one for whom the link was made."""

    overview: Overview
    approval: Approval
    approver: str


@dataclass(frozen=True)
class FollowLink:
    answering: AnswerApproval

    def show(self, token: str) -> Followed:
        """Changes nothing: programs look at links before people. ApprovalNotFoundError: no link of ours."""
        name, secret = _read(token)
        try:
            overview, approval = found(self.answering.operations, name)
        except ApprovalNotFoundError as error:  # a guess is told the same, whatever it misses
            raise ApprovalNotFoundError(UNKNOWN) from error
        approver = holder_of(approval, secret)
        if approver is None:
            raise ApprovalNotFoundError(UNKNOWN)
        return Followed(overview, approval, approver)

    def answer(self, token: str, request: Any) -> Followed:
        name, _ = _read(token)
        followed = self.show(token)
        overview, approval = self.answering(name, request, followed.approver)
        return Followed(overview, approval, followed.approver)


def _read(token: str) -> tuple[str, str]:
    read = read_token(token)
    if read is None:
        raise ApprovalNotFoundError(UNKNOWN)
    return read
