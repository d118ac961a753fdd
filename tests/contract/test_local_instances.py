"""EC2 instances of a stack: in their subnet's zone, in time, and gone with it."""

import asyncio

import pytest
from ministack.services import ec2

from tests.contract import ministack_in_process


@pytest.fixture
def cloud():
    with ministack_in_process.cloud() as made:
        yield made


NETWORK = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.9.1.0/24", "AvailabilityZone": "us-east-1b"},
    },
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "nat", "VpcId": {"Ref": "Vpc"}},
    },
    "Routes": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
    "Route": {
        "Type": "AWS::EC2::Route",
        "Properties": {
            "RouteTableId": {"Ref": "Routes"},
            "DestinationCidrBlock": "0.0.0.0/0",
            "InstanceId": {"Ref": "Nat"},
        },
    },
}


def nat(**more):
    interface = {
        "DeviceIndex": "0",
        "AssociatePublicIpAddress": True,
        "SubnetId": {"Ref": "Subnet"},
        "GroupSet": [{"Ref": "Group"}],
        **more,
    }
    properties = {
        "ImageId": "ami-1",
        "InstanceType": "t3.nano",
        "SourceDestCheck": False,
        "NetworkInterfaces": [interface],
    }
    return {**NETWORK, "Nat": {"Type": "AWS::EC2::Instance", "Properties": properties}}


def test_an_instance_runs_in_its_subnets_zone_and_routes_lead_to_it(cloud):
    """It forwards what is not addressed to it, has a public address, and bears the stack's tags."""
    tags = {"Tags.member.1.Key": "stargate:id", "Tags.member.1.Value": "e1"}
    stack = asyncio.run(cloud.create("stargate-one", nat(), **tags))
    assert stack["StackStatus"] == "CREATE_COMPLETE", cloud.told("stargate-one")
    name = stack["_resources"]["Nat"]["PhysicalResourceId"]
    instance = ec2._instances[name]
    assert (instance["State"]["Name"], instance["SourceDestCheck"]) == ("running", False)
    assert instance["Placement"]["AvailabilityZone"] == "us-east-1b"
    assert instance["PublicIpAddress"]
    assert {"Key": "stargate:id", "Value": "e1"} in ec2._tags[name]
    table = ec2._route_tables[stack["_resources"]["Routes"]["PhysicalResourceId"]]
    assert name in str(table["Routes"])


def test_an_instance_without_a_public_address_has_none(cloud):
    """Only what was asked for."""
    stack = asyncio.run(cloud.create("stargate-one", nat(AssociatePublicIpAddress=False)))
    assert ec2._instances[stack["_resources"]["Nat"]["PhysicalResourceId"]]["PublicIpAddress"] == ""


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"SubnetId": "subnet-no"}, "The subnet ID 'subnet-no' does not exist"),
        ({"GroupSet": ["sg-no"]}, "The security group 'sg-no' does not exist"),
    ],
)
def test_an_instance_that_has_no_place_fails_with_its_reason(cloud, wrong, reason):
    """And the stack is rolled back."""
    stack = asyncio.run(cloud.create("stargate-one", nat(**wrong)))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("Nat", "CREATE_FAILED", reason) in cloud.told("stargate-one")


def test_an_instance_goes_with_its_stack(cloud):
    """Record, root volume and tags."""

    async def story():
        await cloud.create("stargate-one", nat())
        volumes = set(ec2._volumes)
        await cloud.delete("stargate-one")
        return volumes

    volumes = asyncio.run(story())
    assert (dict(ec2._instances), set(ec2._volumes) & volumes) == ({}, set())
