"""What each region in use has once, for all environments: the forwarder that sends its events home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.gateway.common_stacks import CommonMove, CommonStack, decide_common
from stargate.domain.gateway.tags import STACK_TAG

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.provisioning.moves import ObservedStack

REGION_STACK = "stargate-region"
REGION_TEMPLATE = "region"


def regions_away(environment: Environment, home: str) -> tuple[str, ...]:
    """Where the environment has something whose events do not reach the control plane by themselves."""
    return tuple(region for region in environment.regions if region != home)


def forwarder(region: str, home_bus: str, role: str, version: str) -> CommonStack:
    parameters = {"HomeBusArn": home_bus, "ForwarderRoleArn": role, "ForwarderVersion": version}
    tags = {STACK_TAG: REGION_TEMPLATE}
    return CommonStack(region, REGION_STACK, REGION_TEMPLATE, parameters, tags)


def decide_region(observed: ObservedStack | None, version: str) -> CommonMove:
    present = "none" if observed is None else observed.outputs.get("ForwarderVersion", "none")
    return decide_common(observed, "" if present == version else f"it is of version {present}")
