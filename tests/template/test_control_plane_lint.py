"""The template is one that CloudFormation and SAM take."""

from __future__ import annotations

import json
import re
from graphlib import TopologicalSorter
from typing import Any

from cfnlint.api import lint_all

from tests.template.control_plane import (
    FUNCTIONS,
    PROJECT,
    RESOURCES,
    TEMPLATE,
    TEXT,
    WORKFLOWS,
    of_type,
    translated,
)

CLOUDFORMATION_BYTES = 1_048_576  # of a template that comes from S3, as `sam deploy` sends it
CLOUDFORMATION_RESOURCES = 500  # in one stack


def objections(text: str) -> list[str]:
    """Errors and warnings; cfn-lint's informational rules (I…) are advice on style."""
    return [str(match) for match in lint_all(text) if not match.rule.id.startswith("I")]


def test_cfn_lint_objects_to_nothing_as_written():
    """The template as a person reads it has no error and no warning."""
    assert objections(TEXT) == []


def test_cfn_lint_objects_to_nothing_as_translated():
    """Nor has what the SAM translator makes of it."""
    assert objections(json.dumps(translated())) == []


def test_no_resource_waits_for_itself():
    """CloudFormation refuses a circle before it makes anything, and only what SAM adds shows it."""
    resources = translated()["Resources"]
    TopologicalSorter(
        {name: needed(resource) & resources.keys() for name, resource in resources.items()}
    ).prepare()


def needed(part: Any) -> set[str]:
    """The names that it refers to, by Ref, GetAtt, Sub or DependsOn."""
    if isinstance(part, list):
        return {name for one in part for name in needed(one)}
    if not isinstance(part, dict):
        return set()
    named = {name for key, value in part.items() for name in _named(key, value)}
    return named | {name for value in part.values() for name in needed(value)}


def _named(key: str, value: Any) -> list[str]:
    if key in {"Ref", "DependsOn"}:
        return value if isinstance(value, list) else [value]
    if key == "Fn::GetAtt":
        return [value[0] if isinstance(value, list) else value.partition(".")[0]]
    if key == "Fn::Sub":
        text = value[0] if isinstance(value, list) else value
        return [name.partition(".")[0] for name in re.findall(r"\$\{([\w.]+)\}", text)]
    return []


def test_it_is_small_enough():
    """CloudFormation takes it, with room to grow."""
    assert len(json.dumps(translated())) < CLOUDFORMATION_BYTES / 2
    assert len(translated()["Resources"]) < CLOUDFORMATION_RESOURCES * 0.9


def test_every_path_it_names_is_there():
    """Each function, layer and workflow has its folder or file."""
    paths = [
        resource["Properties"][key]
        for resource in RESOURCES.values()
        for key in ("CodeUri", "ContentUri", "DefinitionUri")
        if key in resource.get("Properties", {})
    ]
    assert len(paths) == len(FUNCTIONS) + len(WORKFLOWS) + len(of_type("AWS::Serverless::LayerVersion"))
    assert [path for path in paths if not (PROJECT / path).exists()] == []


def test_the_outputs_are_those_that_others_rely_on():
    """Whoever deploys reads these names."""
    expected = {
        "ApiUrl", "TableName", "GatewayBucket", "GatewayVersion", "ServiceRoleArn", "ProvisionArn",
        "SleepArn", "WakeArn", "RetireArn", "RemediateArn", "SignalsTopicArn", "ApproversTopicArn",
        "OperatorsTopicArn",
    }  # fmt: skip
    assert expected == set(TEMPLATE["Outputs"])
