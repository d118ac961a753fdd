"""ECS services mended: ECS itself drains what it stops and waits until what it starts is healthy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.operating.action import Action
    from stargate.ports.gateway import Services


@dataclass(frozen=True)
class RestartService:
    services: Services

    def __call__(self, environment: Environment, action: Action) -> None:
        self.services.restart(environment.region, environment.cluster, action.subject)


@dataclass(frozen=True)
class StopDeployment:
    services: Services

    def __call__(self, environment: Environment, action: Action) -> None:
        self.services.stop_deployment(environment.region, environment.cluster, action.subject)
