"""What each region in use has once, for all environments: the forwarder that sends its events home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.provisioning.moves import (
    REMAINS_STATUSES,
    STANDING_STATUSES,
    ObservedStack,
    Remove,
    Stands,
    Submit,
    Wait,
)

if TYPE_CHECKING:
    from stargate.domain.environment import Environment

REGION_STACK = "stargate-region"
REGION_TEMPLATE = "region"


@dataclass(frozen=True)
class Renew:
    """Update the stack: it is of another version of the gateway than the control plane's."""

    reason: str


RegionMove = Submit | Renew | Remove | Wait | Stands


def regions_away(environment: Environment, home: str) -> tuple[str, ...]:
    """Where the environment has something whose events do not reach the control plane by themselves."""
    return tuple(region for region in environment.regions if region != home)


def decide_region(observed: ObservedStack | None, version: str) -> RegionMove:
    if observed is None:
        return Submit("no events come home from there yet")
    if observed.status in REMAINS_STATUSES or observed.status == "DELETE_FAILED":
        return Remove(f"it is {observed.status}")
    if observed.status not in STANDING_STATUSES:
        return Wait(f"it is {observed.status}")
    present = observed.outputs.get("ForwarderVersion", "none")
    if present != version:
        return Renew(f"it is of version {present}")
    return Stands("events come home from there")
