"""The routes of hooks: made, listed, removed. What is posted to one comes in by a function of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.api.problems import Reply
from stargate.api.requests import checked, parsed

if TYPE_CHECKING:
    from stargate.api.requests import Once, Query
    from stargate.usecases.operating.keep_hooks import KeepHooks


@dataclass(frozen=True)
class HooksApi:
    hooks: KeepHooks
    once: Once

    def make_hook(self, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body)
        return self.once(
            "POST /hooks", request, idempotency_key, lambda: Reply(201, self.hooks.make(request))
        )

    def list_hooks(self, query: Query) -> Reply:
        limit = checked(query, ("environment", "limit", "next"))
        return Reply(200, self.hooks.all(query.get("environment"), limit, query.get("next")))

    def remove_hook(self, hook: str) -> Reply:
        return Reply(200, self.hooks.remove(hook))
