"""The other adapters against moto: that our words are AWS's calls, and AWS's refusals our errors."""

from __future__ import annotations

import json

import boto3
import pytest
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.gateway.gauges import AwsGauges
from stargate.adapters.provisioning import s3
from stargate.adapters.provisioning.ec2 import Ec2Regions
from stargate.adapters.provisioning.s3 import S3Manifests, S3Shelf
from stargate.adapters.provisioning.tagging import TaggingInventory
from stargate.adapters.workflows.stepfunctions import StepFunctionsWorkflows
from stargate.domain.environment import Work
from stargate.errors import ManifestNotFoundError


@pytest.fixture(autouse=True)
def cloud(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    s3._manifests.clear()
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="bucket")
        yield
    aws.client.cache_clear()


def test_a_manifest_is_read_by_version():
    """A version that was never published is told by a named error."""
    document = {"version": "0123456789ab", "stacks": {}, "files": []}
    S3Shelf("bucket").put("gateway/0123456789ab/manifest.json", json.dumps(document).encode())
    assert S3Manifests("bucket").read("0123456789ab").version == "0123456789ab"
    with pytest.raises(ManifestNotFoundError):
        S3Manifests("bucket").read("ffffffffffff")


def test_a_workflow_started_twice_under_one_name_runs_once():
    """The second start is silent."""
    client = boto3.client("stepfunctions")
    role = "arn:aws:iam::123456789012:role/workflow"
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    arn = client.create_state_machine(name="provision", definition=definition, roleArn=role)[
        "stateMachineArn"
    ]
    workflows = StepFunctionsWorkflows({Work.PROVISION: arn})
    for _ in range(2):
        workflows.start(Work.PROVISION, "abc-1", {"environment_id": "abc", "attempt": 1})
    assert len(client.list_executions(stateMachineArn=arn)["executions"]) == 1


def test_a_region_tells_its_zones_and_networks():
    """The default VPC's block is among them."""
    regions = Ec2Regions()
    assert regions.zones("us-east-1")["us-east-1a"].startswith("use1-az")
    assert ("172.31.0.0/16",) in regions.vpc_cidrs("us-east-1").values()


def test_everything_with_the_tag_is_found():
    """By its ARN, and nothing else is."""
    client = boto3.client("sqs")
    client.create_queue(QueueName="ours", tags={"stargate:id": "abc"})
    client.create_queue(QueueName="theirs", tags={"stargate:id": "def"})
    assert TaggingInventory().tagged("us-east-1", "abc") == ["arn:aws:sqs:us-east-1:123456789012:ours"]


def test_a_database_that_is_not_there_is_absent():
    """A missing instance is a measurement, not an error."""
    assert AwsGauges().database("us-east-1", "stargate-sandbox") == ("absent", False)


def test_a_database_is_measured():
    """Status and whether it spans zones."""
    boto3.client("rds").create_db_instance(
        DBInstanceIdentifier="stargate-sandbox",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        MultiAZ=True,
        AllocatedStorage=20,
        MasterUsername="keeper",
        MasterUserPassword="not-a-secret-1",
    )
    assert AwsGauges().database("us-east-1", "stargate-sandbox") == ("available", True)
