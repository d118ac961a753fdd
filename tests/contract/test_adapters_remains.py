"""What outlives an environment, asked of AWS's services as moto plays them."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.provisioning.remains import AwsRemains

REGION, NAME, ID = "us-west-1", "blue", "0123456789ab"
OURS = [{"Key": "stargate:id", "Value": ID}]
THEIRS = [{"Key": "stargate:id", "Value": "ffffffffffff"}, {"Key": "stargate:environment", "Value": NAME}]


@pytest.fixture(autouse=True)
def _cloud(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws.client.cache_clear()
    with mock_aws():
        yield
    aws.client.cache_clear()


def a_secret(name, tags):
    manager = boto3.client("secretsmanager", region_name=REGION)
    return manager.create_secret(Name=name, SecretString="x", Tags=tags)["ARN"]


def a_snapshot(name, tags):
    rds = boto3.client("rds", region_name=REGION)
    if not rds.describe_db_instances()["DBInstances"]:
        rds.create_db_instance(
            DBInstanceIdentifier=f"stargate-{NAME}",
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="master",
            MasterUserPassword="not-a-secret",
        )
    made = rds.create_db_snapshot(
        DBSnapshotIdentifier=name, DBInstanceIdentifier=f"stargate-{NAME}", Tags=tags
    )
    return made["DBSnapshot"]["DBSnapshotArn"]


def found():
    return AwsRemains().of(REGION, NAME, ID)


def test_only_what_bears_the_environments_id_is_its_own():
    """Another environment had the name before, and other names begin alike."""
    ours = {a_secret("stargate-blue/salt", OURS), a_snapshot("stargate-blue-last", OURS)}
    an_earlier_ones = a_secret("stargate-blue/of-an-earlier-one", THEIRS)
    manager = boto3.client("secretsmanager", region_name=REGION)
    manager.delete_secret(SecretId=an_earlier_ones, RecoveryWindowInDays=7)
    a_secret("stargate-blueish/salt", OURS)
    a_snapshot("stargate-blue-earlier", THEIRS)
    assert {one.arn for one in found()} == ours
    assert {one.kind: (one.until, one.size_gb) for one in found()} == {
        "secret": (None, None),
        "snapshot": (None, 20),
    }


def test_what_was_restored_for_it_is_its_own():
    """Of an earlier environment of its name, though there was no time to give it other tags."""
    restored = a_secret("stargate-blue/of-an-earlier-one", THEIRS)
    a_secret("stargate-blue/of-somebody", [])
    assert [one.arn for one in found()] == [restored]


def test_a_scheduled_secret_has_the_end_of_its_window():
    """And is found while the window runs."""
    a_secret("stargate-blue/salt", OURS)
    AwsRemains().schedule_secret(found()[0], 30)
    (secret,) = found()
    assert secret.until is not None


@pytest.mark.parametrize("scheduled", [False, True])
def test_an_erased_secret_is_gone_at_once(scheduled):
    """Also out of its window; erased again it is no error."""
    a_secret("stargate-blue/salt", OURS)
    (secret,) = found()
    if scheduled:
        AwsRemains().schedule_secret(secret, 30)
    AwsRemains().erase_secret(secret)
    AwsRemains().erase_secret(secret)
    assert found() == []


def test_a_deleted_snapshot_is_gone_and_may_be_deleted_again():
    """A repeated call finds nothing to do."""
    a_snapshot("stargate-blue-last", OURS)
    (snapshot,) = found()
    AwsRemains().delete_snapshot(snapshot)
    AwsRemains().delete_snapshot(snapshot)
    assert found() == []


def test_late_logs_of_one_environment_go():
    """Those that services name after its cluster and database; its own, and a namesake's, are not touched."""
    logs = boto3.client("logs", region_name=REGION)
    late = [
        "/aws/ecs/containerinsights/stargate-blue/performance",
        "/aws/rds/instance/stargate-blue/postgresql",
    ]
    others = ["/aws/ecs/containerinsights/stargate-blueish/performance", "/stargate/blue/litellm"]
    for name in (*late, *others):
        logs.create_log_group(logGroupName=name)
    assert sorted(AwsRemains().delete_late_logs(REGION, NAME)) == sorted(late)
    assert [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]] == sorted(others)
    assert AwsRemains().delete_late_logs(REGION, NAME) == []
