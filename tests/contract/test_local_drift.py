"""Drift detection as AWS's: it takes its time, sees our types, and reads with the rights of whoever asks."""

import asyncio
import re

import pytest
from ministack.services import alb, cloudwatch_logs, ec2, rds
from ministack.services.cloudformation import drift

from tests.contract import ministack_in_process
from tests.template.gateway_templates import TEMPLATES

NAME = "stargate-one"
RESOURCES = {
    "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/one", "RetentionInDays": 7}},
    "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Targets": {
        "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Properties": {"Name": "one", "Port": 4000, "Protocol": "HTTP", "HealthCheckPath": "/health"},
    },
    "Database": {
        "Type": "AWS::RDS::DBInstance",
        "Properties": {
            "DBInstanceIdentifier": "stargate-one",
            "DBInstanceClass": "db.t4g.micro",
            "Engine": "postgres",
            "AllocatedStorage": "20",
            "MultiAZ": False,
            "MasterUsername": "one",
            "ManageMasterUserPassword": True,
        },
    },
}
# Read by no reader: that they are there is seen by what depends on them, or not at all.
UNREAD = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::EC2::Route",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCGatewayAttachment",
}


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.setenv("STARGATE_SEED", "7")
    with ministack_in_process.cloud() as made:
        yield made


def told(answer, name):
    return re.findall(f"<{name}>(.*?)</{name}>", answer)


async def detected(cloud):
    """Each status on the way, and the drifts at the end: logical id to status and paths."""
    began = await cloud.ask("DetectStackDrift", StackName=NAME)
    (detection,) = told(began, "StackDriftDetectionId")
    statuses = []
    while not statuses or statuses[-1] == "DETECTION_IN_PROGRESS":
        answer = await cloud.ask("DescribeStackDriftDetectionStatus", StackDriftDetectionId=detection)
        statuses += told(answer, "DetectionStatus")
        await asyncio.sleep(0.001)
    listed = await cloud.ask("DescribeStackResourceDrifts", StackName=NAME)
    found = {}
    for one in told(listed, "member"):
        ids = told(one, "LogicalResourceId")
        if ids:
            found[ids[0]] = told(one, "StackResourceDriftStatus")[0]
    return statuses, found, answer, listed


def after(cloud, change):
    async def story():
        await cloud.create(NAME, RESOURCES)
        change()
        return await detected(cloud)

    return asyncio.run(story())


def test_what_was_just_made_is_in_sync_after_a_while(cloud):
    """Looked at until it is complete; nothing that stands is taken for drift."""
    statuses, found, _, _ = after(cloud, lambda: None)
    assert {*statuses[:-1], "DETECTION_IN_PROGRESS"} == {"DETECTION_IN_PROGRESS"}
    assert statuses[-1] == "DETECTION_COMPLETE"
    assert found == dict.fromkeys(RESOURCES, "IN_SYNC")


def test_what_somebody_changed_or_deleted_is_found(cloud):
    """With the paths of what differs, as it was asked for and as it is."""

    def change():
        rds._instances["stargate-one"].update(MultiAZ=True, DBInstanceClass="db.r6g.large")
        next(iter(alb._tgs.values()))["HealthCheckPath"] = "/"
        cloudwatch_logs._log_groups.pop("/one")
        ec2._vpcs.clear()

    _, found, _, listed = after(cloud, change)
    assert found == {"Log": "DELETED", "Net": "DELETED", "Targets": "MODIFIED", "Database": "MODIFIED"}
    assert set(told(listed, "PropertyPath")) == {"/MultiAZ", "/DBInstanceClass", "/HealthCheckPath"}


def test_what_the_caller_may_not_read_is_not_called_in_sync(cloud):
    """The detection fails of it and names it; the rest is told."""
    cloud.denied.add(("read", "AWS::EC2::VPC"))
    statuses, found, answer, _ = after(cloud, lambda: None)
    assert statuses[-1] == "DETECTION_FAILED"
    assert "[Net]" in told(answer, "DetectionStatusReason")[0]
    assert (found["Net"], found["Log"]) == ("UNKNOWN", "IN_SYNC")


def test_every_type_of_our_templates_has_a_reader_or_is_listed(cloud):
    """What is not seen here is known."""
    types = {one["Type"] for template in TEMPLATES.values() for one in template["Resources"].values()}
    assert {one for one in types if not drift.supports_drift(one)} == UNREAD
