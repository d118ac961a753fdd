"""The routes of dead letters: what lies there, and bringing it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.api.problems import Reply
from stargate.api.requests import parsed

if TYPE_CHECKING:
    from stargate.api.requests import Once
    from stargate.usecases.operating.request_redrive import RequestRedrive


@dataclass(frozen=True)
class LettersApi:
    redrive: RequestRedrive
    once: Once

    def show(self) -> Reply:
        return Reply(200, self.redrive.show())

    def bring_back(self, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body) if body else {}
        return self.once("POST /redrive", request, idempotency_key, lambda: Reply(200, self.redrive(request)))
