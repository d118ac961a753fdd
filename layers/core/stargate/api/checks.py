"""The route of checks that are made on request only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.api.problems import Reply
from stargate.api.requests import parsed

if TYPE_CHECKING:
    from stargate.api.requests import Once
    from stargate.usecases.provisioning.request_check import RequestCheck
    from stargate.usecases.provisioning.show_environments import ShowEnvironments


@dataclass(frozen=True)
class ChecksApi:
    request: RequestCheck
    show: ShowEnvironments
    once: Once

    def request_check(self, name: str, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body)
        route = f"POST /environments/{name}/checks"
        return self.once(route, request, idempotency_key, lambda: self._request(name, request))

    def _request(self, name: str, request: Any) -> Reply:
        """The environment as it is now: its checks will tell what was found."""
        return Reply(202, self.show.document(self.request(name, request)))
