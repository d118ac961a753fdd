"""What only somebody inside a gateway can see and change, asked of its observer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.facts import Keys
from stargate.errors import ActionRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.ports.gateway import Observer


@dataclass(frozen=True)
class KeysByObserver:
    observer: Observer

    def look(self, region: str, environment: str) -> Keys | None:
        seen = self.observer.ask(region, environment, "virtual_key")
        if not seen.asked:
            return None
        told = seen.measured
        return Keys(seen.reason, tuple(told.get("refusing", ())), int(told.get("tasks", 0)))


@dataclass(frozen=True)
class ModelsByObserver:
    observer: Observer

    def aliases(self, region: str, environment: str) -> Mapping[str, str] | None:
        seen = self.observer.ask(region, environment, "model_routes")
        found: Mapping[str, str] = seen.measured.get("aliases", {})
        return found if seen.asked and seen.ok else None

    def route(self, region: str, environment: str, aliases: Mapping[str, str]) -> None:
        done = self.observer.ask(region, environment, "route_models", {"aliases": dict(aliases)})
        if not done.ok:
            raise ActionRefusedError(f"LiteLLM keeps its routing: {done.reason}")
