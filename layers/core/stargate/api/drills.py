"""The routes of drills: asked for, listed, shown, stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.api.problems import Reply
from stargate.api.requests import parsed

if TYPE_CHECKING:
    from stargate.api.requests import Once
    from stargate.usecases.drills.request_drill import RequestDrill
    from stargate.usecases.drills.show_drills import ShowDrills
    from stargate.usecases.drills.stop_drill import StopDrill


@dataclass(frozen=True)
class DrillsApi:
    request: RequestDrill
    show: ShowDrills
    stop: StopDrill
    once: Once

    def request_drill(self, name: str, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body)
        route = f"POST /environments/{name}/drills"
        return self.once(route, request, idempotency_key, lambda: self._request(name, request))

    def _request(self, name: str, request: Any) -> Reply:
        asked = self.request(name, request)
        return Reply(200 if asked.get("dry_run") else 202, asked)

    def show_drills(self, name: str) -> Reply:
        return Reply(200, self.show.all(name))

    def show_drill(self, name: str, drill: str) -> Reply:
        return Reply(200, self.show.one(name, drill))

    def stop_drill(self, name: str, drill: str, body: bytes) -> Reply:
        return Reply(202, self.stop(name, drill, parsed(body) if body else None))
