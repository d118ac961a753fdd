"""What is stilled of a gateway, as moto plays AWS's services."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.gateway.repose import AwsRepose
from stargate.domain.life.rest import SUSPENSIONS, Target

REGION, CLUSTER, SERVICE = "us-west-1", "stargate-blue", "litellm"
PLACE = (REGION, CLUSTER, SERVICE)
TARGET = Target(2, 6, ("DynamicScalingInSuspended",))


@pytest.fixture(autouse=True)
def _cloud(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws.client.cache_clear()
    with mock_aws():
        yield
    aws.client.cache_clear()


@pytest.fixture
def repose():
    return AwsRepose()


@pytest.fixture
def service():
    ecs = boto3.client("ecs", region_name=REGION)
    ecs.create_cluster(clusterName=CLUSTER)
    container = {"name": "litellm", "image": "litellm", "memory": 512}
    ecs.register_task_definition(family="litellm", containerDefinitions=[container])
    ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, taskDefinition="litellm", desiredCount=3)


@pytest.mark.usefixtures("service")
def test_a_service_is_sized(repose):
    """Down to nothing, and up again."""
    assert repose.service(*PLACE).desired == 3
    repose.size(*PLACE, 0)
    assert repose.service(*PLACE).desired == 0


@pytest.mark.usefixtures("service")
def test_a_scalable_target_is_set_whole(repose):
    """Bounds and each suspension, those that are off among them."""
    assert repose.target(*PLACE) is None
    repose.set_target(*PLACE, TARGET)
    assert repose.target(*PLACE) == TARGET
    repose.set_target(*PLACE, TARGET.stilled())
    assert repose.target(*PLACE) == Target(0, 6, SUSPENSIONS)
    repose.set_target(*PLACE, TARGET)
    assert repose.target(*PLACE) == TARGET


def an_alarm(region, name):
    boto3.client("cloudwatch", region_name=region).put_metric_alarm(
        AlarmName=name,
        ActionsEnabled="muted" not in name,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="CPUUtilization",
        Namespace="AWS/ECS",
        Period=60,
        Statistic="Average",
        Threshold=80,
    )


def test_alarms_are_muted_and_unmuted(repose):
    """Those of the name whose actions were on, also when they are more than AWS takes at once."""
    names = [f"stargate-blue-number-{number:03d}-warning" for number in range(120)]
    for name in [*names, "stargate-blueish-cpu-warning", "stargate-blue-muted-warning"]:
        an_alarm(REGION, name)
    sounding = repose.sounding([REGION], "stargate-blue-")
    assert sorted(sounding) == names
    repose.mute([REGION], sounding)
    assert repose.sounding([REGION], "stargate-blue-") == ()
    repose.unmute([REGION], sounding)
    assert sorted(repose.sounding([REGION], "stargate-blue-")) == names


def test_alarms_are_muted_in_whichever_region_they_are(repose):
    """A region is given names of the other, too, and passes over what it has not."""
    here, there = "stargate-blue-litellm-cpu-critical", "stargate-blue-litellm-first-token-critical"
    an_alarm(REGION, here)
    an_alarm("us-east-1", there)
    both = [REGION, "us-east-1"]
    assert repose.sounding(both, "stargate-blue-") == (here, there)
    repose.mute(both, [here, there, "stargate-blue-nobody-knows-warning"])
    assert repose.sounding(both, "stargate-blue-") == ()
    repose.unmute(both, [there])
    assert repose.sounding(both, "stargate-blue-") == (there,)


def test_a_database_is_stopped_and_started(repose):
    """Its status is told in RDS's words, and one that is not there is absent."""
    assert repose.database(REGION, "stargate-blue") == "absent"
    boto3.client("rds", region_name=REGION).create_db_instance(
        DBInstanceIdentifier="stargate-blue", DBInstanceClass="db.t4g.micro", Engine="postgres"
    )
    repose.stop_database(REGION, "stargate-blue")
    assert repose.database(REGION, "stargate-blue") == "stopped"
    repose.start_database(REGION, "stargate-blue")
    assert repose.database(REGION, "stargate-blue") == "available"
