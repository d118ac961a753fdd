"""A scalable target moved: bounds raised and bounds released are set alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.action import number

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.operating.action import Action
    from stargate.ports.gateway import Scaling


@dataclass(frozen=True)
class MoveBounds:
    scaling: Scaling

    def __call__(self, environment: Environment, action: Action) -> None:
        bounds = number(action.target, "minimum"), number(action.target, "maximum")
        self.scaling.set_bounds(environment.region, environment.cluster, action.subject, *bounds)
