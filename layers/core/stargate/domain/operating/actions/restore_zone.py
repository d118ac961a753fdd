"""Take a zone into use again: end the zonal shift, and give each service the subnets that it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.zones_used import SHIFTED_SECONDS, ZonesUsed
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts, Zones


class RestoreZone(ZonesUsed):
    name = "restore_zone"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        hold, zones = case.overview.operations.holds.get(self.scope), case.facts.zones
        if hold is None or not hold.live or hold.condition != case.condition.key:
            return Nothing("no zone was taken out of use for it")
        if zones is None:
            return Nothing("the balancer is gone")
        zone = str(hold.target["zone"])
        moved = [name for name in hold.target if name.startswith("subnets:")]
        ours = [name for name in moved if _are(zones, name, hold.target[name])]
        if zone not in zones.away and not ours:
            return Nothing(f"zone {zone} is in use again already")
        return Proposal(
            f"take zone {zone} into use again",
            {"zone": zone, "balancer": zones.balancer, **{name: hold.was[name] for name in ours}},
            (Expectation("zone_away", "at_most", 0, SHIFTED_SECONDS),),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:
        zones = facts.zones
        if zones is None or action.target["zone"] in zones.away:
            return False
        wanted = [name for name in action.target if name.startswith("subnets:")]
        return all(_are(zones, name, action.target[name]) for name in wanted)

    def deed(self, action: Action) -> str:
        return f"{self.name}: zone {action.target['zone']} is in use again"


def _are(zones: Zones, name: str, subnets: object) -> bool:
    """Whether the service is in just these subnets; what somebody else has moved since is theirs."""
    return tuple(sorted(zones.subnets.get(name.removeprefix("subnets:"), {}))) == subnets
