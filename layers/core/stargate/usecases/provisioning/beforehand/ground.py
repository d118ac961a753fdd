"""Whether there is room: zones, networks that would overlap, quotas."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.provisioning.quotas import QUOTAS, VPCS, needed, shortages
from stargate.usecases.provisioning.beforehand.traces import is_untouched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Environment
    from stargate.ports.provisioning import Quotas, Regions
    from stargate.ports.state import Nodes


@dataclass(frozen=True)
class Ground:
    nodes: Nodes
    regions: Regions
    quotas: Quotas

    def faults(self, environment: Environment) -> Iterator[str]:
        yield from self._zone_faults(environment)
        if is_untouched(self.nodes, environment, "network"):
            vpcs = self.regions.vpc_cidrs(environment.region)
            yield from _overlaps(environment, vpcs)
            yield from self._shortages(environment, len(vpcs))

    def _zone_faults(self, environment: Environment) -> Iterator[str]:
        wanted = environment.preset_defaults().zones
        zones = self.regions.zones(environment.region)
        if len(zones) < wanted:
            yield f"{environment.region} offers {len(zones)} availability zones, {wanted} are needed"

    def _shortages(self, environment: Environment, vpcs: int) -> Iterator[str]:
        region = environment.region
        zones = list(self.regions.zones(region))[: environment.preset_defaults().zones]
        used = {VPCS: float(vpcs), **self.quotas.used(region, zones)}
        for fault in shortages(needed(environment), self.quotas.granted(region, QUOTAS), used):
            yield f"{region}: {fault}"


def _overlaps(environment: Environment, vpcs: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """AWS lets VPCs overlap, but not peer then."""
    ours = ipaddress.ip_network(environment.spec.network.cidr)
    for vpc, blocks in sorted(vpcs.items()):
        for block in blocks:
            if ours.overlaps(ipaddress.ip_network(block)):
                yield (
                    f"network {ours} overlaps {block} of {vpc} in {environment.region}: "
                    "choose another network.cidr"
                )
