"""LiteLLM's pools limited, and given back: both are a deployment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.action import number
from stargate.usecases.operating.gather_facts import place_of

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import ConnectionPools


@dataclass(frozen=True)
class LimitConnections:
    pools: ConnectionPools

    def __call__(self, overview: Overview, action: Action) -> None:
        self.pools.deploy(*place_of(overview, action.subject), number(action.target, "connections"))


@dataclass(frozen=True)
class RestoreConnections:
    pools: ConnectionPools

    def __call__(self, overview: Overview, action: Action) -> None:
        before = str(action.target["task_definition"])
        self.pools.go_back(*place_of(overview, action.subject), before)
