"""Take a zone out of use: the balancer by a zonal shift, the services by a deployment into other subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation, Target
from stargate.domain.operating.actions.zones_used import SHIFTED_SECONDS, ZonesUsed, named_zones
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts, Zones

FEWEST_LEFT = 1  # zones that the gateway goes on in


class EvacuateZone(ZonesUsed):
    name = "evacuate_zone"
    takes = frozenset({"zones"})
    taken_back_by = "restore_zone"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        zones = case.facts.zones
        if zones is None:
            return Held("limits", "the balancer cannot be kept from a zone")
        named = _named(case, zones)
        if named_zones(case) and not named:
            return Nothing(f"the gateway is not in {', '.join(sorted(named_zones(case)))}")
        if len(named) != 1:
            told = ", ".join(named) or "none"
            return Held("limits", f"one zone at a time can be taken out of use, and {told} is named")
        zone = named[0]
        others = [away for away in zones.away if away != zone]
        if others or len(zones.zones) - 1 < FEWEST_LEFT:
            return Held("limits", f"without {zone} too few zones would be left")
        placed = _placed_elsewhere(zones, zone)
        if zone in zones.away and not placed:
            return Nothing(f"zone {zone} is out of use already")
        return Proposal(
            f"take zone {zone} ({zones.zones[zone]}) out of use",
            {"zone": zone, "balancer": zones.balancer, **placed},
            (
                Expectation("zone_away", "at_least", 1, SHIFTED_SECONDS),
                Expectation("tasks_in_zone", "at_most", 0, SHIFTED_SECONDS),
            ),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:
        zones, zone = facts.zones, str(action.target["zone"])
        return zones is not None and zone in zones.away and not _placed_elsewhere(zones, zone)

    def deed(self, action: Action) -> str:
        return f"{self.name}: zone {action.target['zone']} is out of use"


def _named(case: Case, zones: Zones) -> list[str]:
    """The ids of those that we are in."""
    named = named_zones(case)
    return sorted(zone for zone, name in zones.zones.items() if {zone, name} & named)


def _placed_elsewhere(zones: Zones, zone: str) -> Target:
    """The subnets that each service is left with that has some in the zone and some elsewhere."""
    left: dict[str, tuple[str, ...]] = {}
    for service, subnets in zones.subnets.items():
        elsewhere = tuple(sorted(subnet for subnet, place in subnets.items() if place != zone))
        if elsewhere and len(elsewhere) < len(subnets):
            left[f"subnets:{service}"] = elsewhere
    return left
