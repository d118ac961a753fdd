"""The routes of approvals: what people are asked, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.api.problems import Reply
from stargate.api.requests import checked, parsed
from stargate.usecases.people.show_approvals import document_of

if TYPE_CHECKING:
    from stargate.api.requests import Once, Query
    from stargate.usecases.people.answer_approval import AnswerApproval
    from stargate.usecases.people.show_approvals import ShowApprovals


@dataclass(frozen=True)
class ApprovalsApi:
    answer: AnswerApproval
    show: ShowApprovals
    once: Once
    actor: str

    def list_approvals(self, query: Query) -> Reply:
        return Reply(200, self.show.all(checked(query, ("limit", "next")), query.get("next")))

    def show_approval(self, name: str) -> Reply:
        return Reply(200, self.show.one(name))

    def answer_approval(self, name: str, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body)
        return self.once(
            f"POST /approvals/{name}", request, idempotency_key, lambda: self._answer(name, request)
        )

    def _answer(self, name: str, request: Any) -> Reply:
        overview, approval = self.answer(name, request, self.actor)
        return Reply(200, document_of(overview.environment, approval, self.answer.clock.now()))
