"""A zone taken out of use, and into use again: the balancer first, then each service by its subnets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.action import texts

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import ZonalShifts

SUBNETS = "subnets:"


@dataclass(frozen=True)
class EvacuateZone:
    shifts: ZonalShifts

    def __call__(self, overview: Overview, action: Action) -> None:
        target, comment = action.target, f"stargate {overview.environment.name} {action.action_id}"
        self.shifts.shift(overview.environment.region, str(target["balancer"]), str(target["zone"]), comment)
        _place(self.shifts, overview, action)


@dataclass(frozen=True)
class RestoreZone:
    shifts: ZonalShifts

    def __call__(self, overview: Overview, action: Action) -> None:
        target = action.target
        self.shifts.shift_back(overview.environment.region, str(target["balancer"]), str(target["zone"]))
        _place(self.shifts, overview, action)


def _place(shifts: ZonalShifts, overview: Overview, action: Action) -> None:
    environment = overview.environment
    for name in sorted(name for name in action.target if name.startswith(SUBNETS)):
        service = name.removeprefix(SUBNETS)
        shifts.place(environment.region, environment.cluster, service, texts(action.target, name))
