"""Availability zones as an account finds them: not every region offers three.

MiniStack gives each region the zones a, b and c. Of us-west-1's an account sees two, and a template that asks
for a third one must fail here too.
"""

from __future__ import annotations

import re
from typing import Any

from ministack.core.responses import get_region
from ministack.services import ec2
from ministack.services.cloudformation import engine, stacks

WITHOUT = {"us-west-1": "b"}  # which two an account sees differs; that there are two does not
ZONE = re.compile(r"<item>\s*<zoneName>([^<]+)</zoneName>.*?</item>", re.DOTALL)


def offered(region: str) -> list[str]:
    return [f"{region}{letter}" for letter in "abc" if letter not in WITHOUT.get(region, "")]


def install() -> None:
    _describe_what_is_offered()
    _get_what_is_offered()


def _describe_what_is_offered() -> None:
    describe = ec2._describe_availability_zones

    def describe_offered(params: Any) -> Any:
        status, headers, body = describe(params)
        zones = offered(get_region())
        return (
            status,
            headers,
            ZONE.sub(lambda item: item[0] if item[1] in zones else "", body.decode()).encode(),
        )

    ec2._ACTION_MAP["DescribeAvailabilityZones"] = describe_offered


def _get_what_is_offered() -> None:
    """Fn::GetAZs, wherever in a template: MiniStack's resolver calls itself by its global name."""
    resolve = engine._resolve_refs

    def resolve_what_is_offered(value: Any, *rest: Any) -> Any:
        resolved = resolve(value, *rest)
        if isinstance(value, dict) and "Fn::GetAZs" in value:
            return [zone for zone in resolved if zone in offered(zone[:-1])]
        return resolved

    engine._resolve_refs = resolve_what_is_offered
    stacks._resolve_refs = resolve_what_is_offered
