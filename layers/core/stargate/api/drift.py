"""The routes of drift: what was found, examined anew, put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.api.problems import Reply
from stargate.api.requests import parsed

if TYPE_CHECKING:
    from stargate.api.requests import Once
    from stargate.usecases.life.ask_drift import AskDrift


@dataclass(frozen=True)
class DriftApi:
    ask: AskDrift
    once: Once

    def show_drift(self, name: str) -> Reply:
        return Reply(200, self.ask.show(name))

    def examine_drift(self, name: str, idempotency_key: str | None) -> Reply:
        route = f"POST /environments/{name}/drift"
        return self.once(route, None, idempotency_key, lambda: Reply(202, self.ask.examine(name)))

    def repair_drift(self, name: str, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body) if body else {}
        route = f"POST /environments/{name}/repair"
        return self.once(route, request, idempotency_key, lambda: Reply(202, self.ask.repair(name, request)))
