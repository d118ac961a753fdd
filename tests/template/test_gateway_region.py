"""What a region sends home is what the control plane listens to."""

from __future__ import annotations

from stargate.usecases.provisioning.prepare_regions import PrepareRegions
from tests.fakes import FakeManifests
from tests.template.control_plane import translated
from tests.template.gateway_templates import TEMPLATES

RULES = [resource["Properties"] for resource in TEMPLATES["region"]["Resources"].values()]
OF_THE_CONTROL_PLANE = {"aws.states", "aws.lambda"}  # what is never anywhere but at home


def test_all_that_is_listened_to_comes_home():
    """A rule of the control plane on another service would hear nothing from other regions."""
    heard = {
        source
        for resource in translated()["Resources"].values()
        if resource["Type"] == "AWS::Events::Rule"
        for source in resource["Properties"].get("EventPattern", {}).get("source", [])
        if source.startswith("aws.")
    }
    sent = {source for rule in RULES for source in rule["EventPattern"]["source"]}
    assert heard - OF_THE_CONTROL_PLANE - sent == set()


def test_everything_goes_to_one_bus_with_one_role():
    """Whatever is sent is sent home."""
    home = [{"Id": "home", "Arn": {"Ref": "HomeBusArn"}, "RoleArn": {"Ref": "ForwarderRoleArn"}}]
    assert all(rule["Targets"] == home for rule in RULES)


def test_the_template_gets_what_it_declares():
    """The parameters are given by the use case that makes the stack, and its version can be read back."""
    use_case = PrepareRegions(None, FakeManifests(None), None, "arn:home", "arn:role", "0123456789ab")
    assert set(use_case._parameters()) == set(TEMPLATES["region"]["Parameters"])
    assert TEMPLATES["region"]["Outputs"] == {"ForwarderVersion": {"Value": {"Ref": "ForwarderVersion"}}}
