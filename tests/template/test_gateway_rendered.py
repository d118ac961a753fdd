"""Each template as each preset renders it, before AWS's own schemas in the region where it is made."""

from __future__ import annotations

import json

import pytest
from cfnlint.api import ManualArgs, lint

from stargate.domain.gateway.presets import PRESETS
from tests.template.gateway_templates import (
    OTHERWISE,
    VARIANTS,
    environment,
    rendered,
    rendered_template,
    stacks_of,
)

EVERY = [
    pytest.param(preset, stack, id=f"{preset}-{stack}")
    for preset in (*PRESETS, *VARIANTS)
    for stack in stacks_of(preset)
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


def of(stack, resource):
    return rendered(OTHERWISE, stack)[resource]["Properties"]


def test_a_private_balancer_is_reached_through_a_vpc_origin_only():
    """It has no public subnet, and the distribution no other way to it."""
    balancer = of("balancer", "Balancer")
    assert (balancer["Scheme"], balancer["Subnets"]) == ("internal", {"Ref": "PrivateSubnetIds"})
    (origin,) = of("edge", "Distribution")["DistributionConfig"]["Origins"]
    assert "CustomOriginConfig" not in origin
    assert origin["VpcOriginConfig"]["VpcOriginId"] == {"Fn::GetAtt": ["VpcOrigin", "Id"]}
    assert "VpcOrigin" not in rendered("sandbox", "edge")


def test_a_domain_comes_with_its_certificate_and_a_current_tls():
    """CloudFront's own certificate would take TLS 1.0."""
    config = of("edge", "Distribution")["DistributionConfig"]
    assert config["Aliases"] == ["gateway.example.com"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_every_task_runs_on_what_was_chosen():
    """Spot is for what another task may replace at once: not for the preparing task, nor the one writer."""
    for stack in ("litellm", "grafana", "langfuse"):
        assert of(stack, "Task")["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
        assert of(stack, "Service")["CapacityProviderStrategy"][0]["CapacityProvider"] == "FARGATE_SPOT"
    assert of("data", "PrepareTask")["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    assert of("victoria-metrics", "Task")["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    assert of("victoria-metrics", "Service")["CapacityProviderStrategy"][0]["CapacityProvider"] == "FARGATE"


def test_metrics_that_are_not_kept_may_go_with_a_spot_task():
    """As the specification's POC has it."""
    service = rendered("poc", "victoria-metrics")["Service"]["Properties"]
    assert service["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]


def test_nat_in_each_zone_is_used_by_its_zone():
    """The failure of one cuts nobody else off."""
    routes = {letter: of("network", f"PrivateDefaultRoute{letter}") for letter in "ABC"}
    assert {letter: route["NatGatewayId"] for letter, route in routes.items()} == {
        letter: {"Ref": f"NatGateway{letter}"} for letter in "ABC"
    }
