"""The control plane's template as tests read it: as written, and as CloudFormation receives it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from gateway.build_manifest import read_template

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "template.yaml").read_text()
TEMPLATE: dict[str, Any] = read_template(TEXT)
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
GLOBALS: dict[str, Any] = TEMPLATE["Globals"]["Function"]
DEFAULTS = {name: str(parameter["Default"]) for name, parameter in TEMPLATE["Parameters"].items()}

_LOCAL_PATHS = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


@dataclass(frozen=True)
class Statement:
    """One statement of an IAM policy, and the resource of the template that holds it."""

    owner: str
    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[Any, ...]
    condition: dict[str, Any]


def of_type(resource_type: str) -> dict[str, dict[str, Any]]:
    """Properties by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in RESOURCES.items()
        if resource["Type"] == resource_type
    }


FUNCTIONS = of_type("AWS::Serverless::Function")
WORKFLOWS = of_type("AWS::Serverless::StateMachine")


@cache
def translated() -> dict[str, Any]:
    """What the SAM translator makes of the template, as `sam deploy` would hand it to CloudFormation."""
    packaged = copy.deepcopy(TEMPLATE)
    for resource in packaged["Resources"].values():
        path = _LOCAL_PATHS.get(resource["Type"])
        if path:
            resource["Properties"][path] = "s3://artifacts/" + resource["Properties"][path].strip("/")
    session = boto3.Session(region_name="us-east-1")
    result: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(packaged, DEFAULTS)
    return result


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def policies(name: str) -> list[dict[str, Any]]:
    """Give the policy documents written at this resource."""
    properties = RESOURCES[name].get("Properties", {})
    if "PolicyDocument" in properties:
        return [properties["PolicyDocument"]]
    if "KeyPolicy" in properties:
        return [properties["KeyPolicy"]]
    return [policy for policy in properties.get("Policies", []) if "Statement" in policy]


def statements(*owners: str) -> Iterator[Statement]:
    """Every statement of these resources, or of all."""
    for owner in owners or tuple(RESOURCES):
        for policy in policies(owner):
            for statement in policy["Statement"]:
                yield Statement(
                    owner,
                    statement.get("Sid", ""),
                    statement["Effect"],
                    tuple(listed(statement["Action"])),
                    tuple(listed(statement["Resource"])),
                    statement.get("Condition", {}),
                )
