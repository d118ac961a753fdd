"""What `bench/provision` holds a creation against: resources that wait for resources, across stacks."""

from __future__ import annotations

from bench.one_template import seconds_of_one_template, templates

WRITTEN = {
    "network": {
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC"},
            "Nat": {"Type": "AWS::EC2::NatGateway", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        },
        "Outputs": {"VpcId": {"Value": {"Ref": "Vpc"}}},
    },
    "cluster": {
        "Resources": {
            "Cluster": {"Type": "AWS::ECS::Cluster"},
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "VpcId"}}},
        },
        "Outputs": {},
    },
    "litellm": {
        "Resources": {
            "Task": {"Type": "AWS::ECS::TaskDefinition"},
            "Service": {"Type": "AWS::ECS::Service", "Properties": {"Task": {"Ref": "Task"}}},
        },
        "Outputs": {},
    },
}
DURATIONS = {
    "network/Vpc": 10.0,
    "network/Nat": 100.0,
    "cluster/Cluster": 5.0,
    "cluster/Group": 3.0,
    "prepare-database": 20.0,
    "litellm/Task": 90.0,
    "litellm/Service": 30.0,
}


def only(*names):
    return {name: DURATIONS[name] for name in names}


def test_a_resource_waits_for_the_resource_behind_its_parameter_alone():
    """Not for the end of the stack that gives it."""
    found = seconds_of_one_template(WRITTEN, only("network/Vpc", "network/Nat", "cluster/Group"))
    assert found == 110
    assert seconds_of_one_template(WRITTEN, only("network/Vpc", "cluster/Group")) == 13


def test_a_step_waits_for_all_of_what_it_needs_and_services_for_the_step():
    """A task definition does not: it can be made beforehand."""
    found = seconds_of_one_template(WRITTEN, only("cluster/Cluster", "prepare-database", "litellm/Service"))
    assert found == 5 + 20 + 30
    assert seconds_of_one_template(WRITTEN, DURATIONS) == 90 + 30


def test_every_parameter_that_another_stack_gives_is_followed():
    """Of the real templates: in one template nothing of a service begins before the network it runs in."""
    written = templates()
    durations = {f"network/{name}": 0.0 for name in written["network"]["Resources"]} | {"network/Vpc": 50.0}
    for stack in ("cluster", "data", "balancer", "storage"):
        alone = {f"{stack}/{name}": 1.0 for name in written[stack]["Resources"]}
        assert seconds_of_one_template(written, durations | alone) > 50, stack
