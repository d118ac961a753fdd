"""Where Fargate runs no tasks: in some zones, known by their ids, because each account has its own names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Amazon ECS Developer Guide, "Supported Regions for Amazon ECS on AWS Fargate": in this region only these.
ONLY_IN = {"us-west-1": frozenset({"usw1-az1", "usw1-az3"})}
# The same guide, "Amazon ECS task definitions for 64-bit ARM workloads"; as others quote it.
WITHOUT_ARM = frozenset({"use1-az3"})


def zone_faults(region: str, zones: Mapping[str, str], architecture: str) -> Iterator[str]:
    """Of the zones, by name with their ids, that an environment would have its tasks in."""
    for name, zone_id in zones.items():
        if zone_id not in ONLY_IN.get(region, {zone_id}):
            yield f"Fargate runs no tasks in {name} ({zone_id}): ask an account with other zones of {region}"
        elif architecture == "arm64" and zone_id in WITHOUT_ARM:
            yield f"Fargate runs no ARM tasks in {name} ({zone_id}): choose compute.architecture x86_64"
