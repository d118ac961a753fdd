"""What CloudFormation must be allowed before the local cloud makes a resource for it."""

from __future__ import annotations

import pytest

from local.iam.permissions import Need, Place, needs

PLACE = Place("000000000000", "us-west-1", "stargate-one")
ROLE = "arn:aws:iam::000000000000:role/forwarder"


@pytest.mark.parametrize(
    ("operation", "action"), [("create", "ec2:RunInstances"), ("delete", "ec2:TerminateInstances")]
)
def test_an_instance_needs_the_action_that_makes_or_ends_it(operation, action):
    """Not one of the many that only some properties need, with which AWS's list begins."""
    assert needs(operation, "AWS::EC2::Instance", {}, PLACE) == [Need(action)]


def test_a_rule_with_a_role_needs_the_right_to_pass_it():
    """Each target's role goes to EventBridge."""
    rule = {"Name": "home", "Targets": [{"Id": "a", "Arn": "x"}, {"Id": "b", "Arn": "x", "RoleArn": ROLE}]}
    assert needs("create", "AWS::Events::Rule", rule, PLACE) == [
        Need("events:PutRule", "arn:aws:events:us-west-1:000000000000:rule/home"),
        Need("iam:PassRole", ROLE, {"iam:PassedToService": "events.amazonaws.com"}),
    ]
