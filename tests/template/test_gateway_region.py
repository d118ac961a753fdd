"""What a region sends home is what the control plane listens to."""

from __future__ import annotations

from stargate.domain.gateway.common_stacks import shared_stack
from stargate.domain.gateway.regions import forwarder
from stargate.domain.gateway.shared import SharedSecrets
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
    """The parameters come from where the stack is described, and its version can be read back."""
    wanted = forwarder("us-west-1", "arn:home", "arn:role", "0123456789ab")
    assert set(wanted.parameters) == set(TEMPLATES[wanted.template]["Parameters"])
    shared = shared_stack(SharedSecrets("poc", "us-west-1"))
    assert set(shared.parameters) == set(TEMPLATES[shared.template]["Parameters"])
    assert TEMPLATES["region"]["Outputs"] == {"ForwarderVersion": {"Value": {"Ref": "ForwarderVersion"}}}
