"""How many zones a region offers, asked only if a change of the preset depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.environment import Declared, Environment
    from stargate.ports.provisioning import Regions


def zones_for(environment: Environment, declared: Declared, regions: Regions) -> int | None:
    if declared.preset == environment.preset:
        return None
    return len(regions.zones(environment.region))
