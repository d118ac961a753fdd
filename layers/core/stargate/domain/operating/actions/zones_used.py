"""What taking a zone out of use and back have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import ActionKind

if TYPE_CHECKING:
    from stargate.domain.operating.action import Target
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts

SHIFTED_SECONDS = 1800.0  # up to four services are deployed into other subnets, each draining for two minutes


class ZonesUsed(ActionKind):
    """One zone at a time, of the whole gateway."""

    scope = "zones"
    works_on = "zones"
    asks = frozenset({"zones"})
    asks_again = asks
    shakes_everything = True

    def scope_of(self, subject: str) -> str:  # noqa: ARG002  (there is one set of zones)
        return self.scope

    def found(self, facts: Facts) -> Target:
        """The subnets of each service that is in some, as `subnets:<service>`."""
        placed = facts.zones.subnets if facts.zones else {}
        return {f"subnets:{service}": tuple(sorted(subnets)) for service, subnets in placed.items()}


def named_zones(case: Case) -> set[str]:
    """Those that its event names: AWS does so by their ids, and at times by their names."""
    asked = case.parameters.get("zones", ())
    named = case.condition.facts.get("zones", ())
    return {str(zone) for zone in (*named, *(asked if isinstance(asked, tuple) else (asked,)))}
