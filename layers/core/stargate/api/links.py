"""The routes of one-time links, outside SigV4: the link itself says who comes.

People get a page, and programs that ask for JSON a document; both are shown by GET and answered by POST.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from stargate.api.link_page import HEADERS, page_of, page_of_problem
from stargate.api.problems import PROBLEM_TYPE, Reply, problem_of
from stargate.api.requests import parsed
from stargate.domain.people.requests_for_approval import why
from stargate.errors import StargateError
from stargate.usecases.people.show_approvals import document_of

if TYPE_CHECKING:
    from stargate.usecases.people.follow_link import Followed, FollowLink

JSON = "application/json"


@dataclass(frozen=True)
class LinksApi:
    follow: FollowLink

    def __call__(self, event: dict[str, Any]) -> tuple[Reply, str]:
        """What comes of a request as API Gateway hands it on, and the page that says so."""
        token, posted = event["pathParameters"]["token"], event["httpMethod"] == "POST"
        try:
            followed = self.follow.answer(token, _said(event)) if posted else self.follow.show(token)
        except StargateError as error:
            told = problem_of(error)
            if told is None:
                raise
            return told, page_of_problem(told.body)
        return self._shown(followed)

    def _shown(self, followed: Followed) -> tuple[Reply, str]:
        now = self.follow.answering.clock.now()
        document = document_of(followed.overview.environment, followed.approval, now)
        because = [line.strip() for line in why(followed.overview, followed.approval)]
        return Reply(200, document), page_of(document, because, followed.approver)


def answered(reply: Reply, page: str, event: dict[str, Any]) -> tuple[dict[str, str], Any]:
    """Headers and body as whoever asks wants them."""
    if not _wants_json(event):
        return dict(HEADERS), page
    return {**HEADERS, "Content-Type": PROBLEM_TYPE if reply.status >= 400 else JSON}, reply.body


def _said(event: dict[str, Any]) -> Any:
    """The fields of the form, of which an empty reason is none; or a JSON document."""
    body = event.get("body") or ""
    raw = b64decode(body) if event.get("isBase64Encoded") else body.encode()
    if _headers(event).get("content-type", "").startswith(JSON):
        return parsed(raw)
    return dict(parse_qsl(raw.decode(errors="replace")))


def _wants_json(event: dict[str, Any]) -> bool:
    headers = _headers(event)
    return JSON in headers.get("accept", "") or headers.get("content-type", "").startswith(JSON)


def _headers(event: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}
