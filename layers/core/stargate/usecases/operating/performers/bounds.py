"""A scalable target moved: bounds raised and bounds released are set alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.action import number
from stargate.usecases.operating.gather_facts import place_of

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.gateway import Scaling


@dataclass(frozen=True)
class MoveBounds:
    scaling: Scaling

    def __call__(self, overview: Overview, action: Action) -> None:
        bounds = number(action.target, "minimum"), number(action.target, "maximum")
        self.scaling.set_bounds(*place_of(overview, action.subject), *bounds)
