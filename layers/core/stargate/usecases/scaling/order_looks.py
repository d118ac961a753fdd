"""Each minute: order a look at every gateway that runs.

A queue lies between, so that a thousand gateways are looked at as soon as one. A look that is late is none:
the next one is due already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.limits import limits_of
from stargate.domain.scaling.steering import LOOKED_AT, SERVICE
from stargate.usecases.each_environment import every

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.state import Environments
    from stargate.ports.workflows import Looks


@dataclass(frozen=True)
class OrderLooks:
    environments: Environments
    looks: Looks

    def __call__(self, cause: str) -> int:
        """How many gateways are looked at; `cause` is the event that asked for it."""
        ordered = 0
        for environment in filter(_is_scaled, every(self.environments)):
            self.looks.order(environment.environment_id, cause)
            ordered += 1
        return ordered


def _is_scaled(environment: Environment) -> bool:
    limits = limits_of(environment, SERVICE)
    moves = limits is not None and limits.minimum < limits.maximum
    return moves and environment.status in LOOKED_AT and not environment.is_at_rest
