"""ECS services mended: ECS itself drains what it stops and waits until what it starts is healthy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.usecases.operating.gather_facts import place_of

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.gateway import Services


@dataclass(frozen=True)
class RestartService:
    services: Services

    def __call__(self, overview: Overview, action: Action) -> None:
        self.services.restart(*place_of(overview, action.subject))


@dataclass(frozen=True)
class StopDeployment:
    services: Services

    def __call__(self, overview: Overview, action: Action) -> None:
        self.services.stop_deployment(*place_of(overview, action.subject))
