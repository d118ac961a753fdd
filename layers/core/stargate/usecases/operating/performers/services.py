"""ECS services mended: ECS itself drains what it stops and waits until what it starts is healthy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.action import texts
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
class ReplaceTask:
    services: Services

    def __call__(self, overview: Overview, action: Action) -> None:
        self.services.stop_task(*place_of(overview, action.subject), str(action.target["task"]))


@dataclass(frozen=True)
class RedeployReaders:
    """Each of them that was not begun since: the retry of a call that was cut off goes on from there."""

    services: Services

    def __call__(self, overview: Overview, action: Action) -> None:
        for name in texts(action.target, "services"):
            place = place_of(overview, name)
            service = self.services.describe(*place)
            newest = max((one.created_at for one in service.deployments), default=0.0) if service else 0.0
            if newest < action.since:
                self.services.restart(*place)


@dataclass(frozen=True)
class StopDeployment:
    services: Services

    def __call__(self, overview: Overview, action: Action) -> None:
        self.services.stop_deployment(*place_of(overview, action.subject))
