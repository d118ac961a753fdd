"""The database changed: its class, or the places of the two that it consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import DatabaseServers


@dataclass(frozen=True)
class ChangeClass:
    """To a larger one and back alike."""

    servers: DatabaseServers

    def __call__(self, overview: Overview, action: Action) -> None:
        environment = overview.environment
        self.servers.change_class(environment.region, environment.database, str(action.target["class"]))


@dataclass(frozen=True)
class FailOver:
    servers: DatabaseServers

    def __call__(self, overview: Overview, action: Action) -> None:  # noqa: ARG002  (there is one database)
        self.servers.fail_over(overview.environment.region, overview.environment.database)
