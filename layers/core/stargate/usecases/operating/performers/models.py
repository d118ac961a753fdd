"""Models served by others, and by themselves again: both set all of the routing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import Models

ALIAS = "alias:"


@dataclass(frozen=True)
class RouteModels:
    models: Models

    def __call__(self, overview: Overview, action: Action) -> None:
        environment = overview.environment
        aliases = {name.removeprefix(ALIAS): str(value) for name, value in action.target.items()}
        self.models.route(environment.region, environment.name, aliases)
