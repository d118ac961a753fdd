"""How the tests of the specification read what an environment of each preset gets."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.template.gateway_templates import environment, parameters, rendered

if TYPE_CHECKING:
    from collections.abc import Callable

SPECIFICATION = Path(__file__).parents[3] / "shared/spec/gateway-architecture.md"
REPAIRS = (Path(__file__).parents[2] / "docs/spec-repairs.md").read_text()
SANDBOX, POC = "sandbox", "poc"
BOTH = (SANDBOX, POC)


class Row(NamedTuple):
    place: str
    says: Any
    ours: Callable[[str], Any]  # of a preset
    presets: tuple[str, ...] = BOTH


def has(preset: str, stack: str) -> bool:
    return stack in environment(preset).graph.names


def properties(preset: str, stack: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = rendered(preset, stack)[name]["Properties"]
    return found


def of_type(preset: str, stack: str, resource_type: str) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for resource in rendered(preset, stack).values()
        if resource["Type"] == resource_type
    ]


def attribute(preset: str, target_group: str, key: str) -> str:
    attributes = properties(preset, "balancer", target_group)["TargetGroupAttributes"]
    return next(entry["Value"] for entry in attributes if entry["Key"] == key)


def subnets(preset: str, kind: str) -> list[str]:
    """Cut the subnets as Fn::Select over Fn::Cidr does: /24s counted from the VPC's start."""
    cut = list(ipaddress.ip_network(parameters(preset, "network")["VpcCidr"]).subnets(new_prefix=24))
    chosen = []
    for name, resource in rendered(preset, "network").items():
        if resource["Type"] == "AWS::EC2::Subnet" and name.startswith(kind):
            index, cidr = resource["Properties"]["CidrBlock"]["Fn::Select"]
            assert cidr["Fn::Cidr"][2] == 8
            chosen.append(str(cut[index]))
    return chosen


def task(preset: str, stack: str) -> tuple[str, str]:
    found = properties(preset, stack, "Task")
    return found["Cpu"], found["Memory"]


def container(preset: str, stack: str) -> dict[str, Any]:
    """The container that bears the stack's name."""
    every = properties(preset, stack, "Task")["ContainerDefinitions"]
    found: dict[str, Any] = next(one for one in every if one["Name"] == stack)
    return found


def service(preset: str, stack: str, key: str) -> Any:
    return properties(preset, stack, "Service").get(key)


def database(preset: str, key: str) -> Any:
    return properties(preset, "data", "Database")[key]


def sandbox(place: str, says: Any, ours: Callable[[str], Any]) -> Row:
    """What the specification says of the sandbox alone."""
    return Row(place, says, ours, (SANDBOX,))


def cases(rows: tuple[Row, ...]) -> list[Any]:
    return [pytest.param(preset, row, id=f"{preset}-{row.place}") for row in rows for preset in row.presets]
