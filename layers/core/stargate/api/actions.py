"""The routes of actions: asked for by a person, and listed whoever asked for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.api.problems import Reply
from stargate.api.requests import checked, parsed

if TYPE_CHECKING:
    from stargate.api.requests import Once, Query
    from stargate.usecases.operating.request_action import RequestAction


@dataclass(frozen=True)
class ActionsApi:
    request: RequestAction
    once: Once

    def request_action(self, name: str, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body)
        route = f"POST /environments/{name}/actions"
        return self.once(route, request, idempotency_key, lambda: Reply(202, self.request(name, request)))

    def list_actions(self, name: str, query: Query) -> Reply:
        return Reply(200, self.request.all(name, checked(query, ("limit", "next")), query.get("next")))
