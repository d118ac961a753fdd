"""What comes with a request: its body, its query, and the key by which it may be sent again."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.api.problems import Reply
from stargate.domain.faults import Fault
from stargate.domain.ledger import KINDS
from stargate.domain.moments import understood
from stargate.domain.paging import LARGEST_PAGE, USUAL_PAGE
from stargate.errors import InvalidRequestError, MalformedDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stargate.ports.state import Replies

    Query = Mapping[str, str]

LONGEST_KEY = 255
STATUSES = ("open", "all")


@dataclass(frozen=True)
class Once:
    """Answers a request with an idempotency key once; the same request again gets the same answer."""

    replies: Replies
    actor: str

    def __call__(
        self, route: str, request: Any, idempotency_key: str | None, work: Callable[[], Reply]
    ) -> Reply:
        if idempotency_key is None:
            return work()
        if not 0 < len(idempotency_key) <= LONGEST_KEY:
            raise InvalidRequestError(
                [Fault("Idempotency-Key", "is empty or too long", f"1 to {LONGEST_KEY} characters")]
            )

        def told() -> dict[str, Any]:
            reply = work()
            return {"status": reply.status, "body": reply.body}

        canonical = json.dumps(request, sort_keys=True)
        return Reply(**self.replies.once(f"{self.actor} {route} {idempotency_key}", canonical, told))


def parsed(body: bytes) -> Any:
    try:
        document = json.loads(body, parse_float=_number, parse_constant=_number)
        json.dumps(document, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError) as error:  # the latter if it is nested too deeply
        raise MalformedDocumentError(f"the body is no JSON document: {error}") from error
    return document


def refuse(faults: list[Fault]) -> None:
    if faults:
        raise InvalidRequestError(faults)


def _number(text: str) -> float | int:
    """JSON Schema takes 2.0 for a whole number, so from here on it is one."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number that can be kept")
    return int(number) if number.is_integer() else number


def checked(query: Query, known: tuple[str, ...]) -> int:
    """Refuse a query with all its faults listed; return the page's size."""
    faults = [
        Fault(f"?{name}", "is not known", f"one of {', '.join(known)}")
        for name in sorted(query)
        if name not in known
    ]
    limit = query.get("limit", str(USUAL_PAGE))
    if not limit.isdecimal() or len(limit) > len(str(LARGEST_PAGE)) or not 1 <= int(limit) <= LARGEST_PAGE:
        faults.append(
            Fault("?limit", f"{limit!r} is not allowed", f"a whole number from 1 to {LARGEST_PAGE}")
        )
    if "kind" in query and query["kind"] not in KINDS:
        faults.append(Fault("?kind", f"{query['kind']!r} is not known", f"one of {', '.join(KINDS)}"))
    if query.get("status", "open") not in STATUSES:
        faults.append(Fault("?status", f"{query['status']!r} is not known", f"one of {', '.join(STATUSES)}"))
    if "since" in query and not _is_moment(query["since"]):
        faults.append(
            Fault("?since", f"{query['since']!r} is not allowed", "a moment such as 2026-11-24T03:00:00Z")
        )
    refuse(faults)
    return int(limit)


def _is_moment(text: str) -> bool:
    try:
        understood(text)
    except ValueError:
        return False
    return True
