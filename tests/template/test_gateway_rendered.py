"""Each template as each preset renders it, before AWS's own schemas in the region where it is made."""

from __future__ import annotations

import json

import pytest
from cfnlint.api import ManualArgs, lint

from stargate.domain.presets import PRESETS
from tests.template.gateway_templates import environment, rendered_template

EVERY = [
    pytest.param(preset, node.name, id=f"{preset}-{node.name}")
    for preset in PRESETS
    for node in environment(preset).graph.stacks
]


@pytest.mark.parametrize(("preset", "stack"), EVERY)
def test_cfn_lint_finds_nothing_in_what_a_preset_renders(preset, stack):
    """Errors, warnings and advice: the full set of rules, with none switched off."""
    region = environment(preset).region_of(stack)
    arguments = ManualArgs(regions=[region], include_checks=["I"])
    found = lint(json.dumps(rendered_template(preset, stack)), config=arguments)
    assert [f"{match.rule.id} {match.message}" for match in found] == []


def test_the_linter_knows_what_a_region_lacks():
    """Models rendered for us-west-1 would be refused: Bedrock's profiles are not to be had there."""
    found = lint(json.dumps(rendered_template("poc", "models")), config=ManualArgs(regions=["us-west-1"]))
    assert {match.rule.id for match in found} == {"E3006"}
