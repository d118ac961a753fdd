"""What running gateways tell arrives under the names that the templates know their resources by."""

import asyncio
import random

import pytest

from local.gateways import registry
from local.services.cloudwatch import Engine, gateways
from local.services.cloudwatch.store import Metric, Window
from local.twin import Reading
from local.twin.fleet import DeploymentRules, TaskSize
from local.twin.readings import of_gauge
from tests.contract import ministack_in_process
from tests.contract.test_local_cloudwatch import START, HandClock
from tests.contract.test_local_services import NETWORK, SERVICE

CLUSTER = "stargate-one"
NAME = [{"Key": "Name", "Value": CLUSTER}]
RESOURCES = {
    **NETWORK,
    **SERVICE,
    "Balancer": {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Type": "application", "Subnets": [{"Ref": "SubnetA"}], "Tags": NAME},
    },
    "Other": {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Type": "application", "Subnets": [{"Ref": "SubnetA"}]},
    },
    "Db": {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Delete",
        "Properties": {"DBInstanceIdentifier": CLUSTER},
    },
    "Haiku": {
        "Type": "AWS::Bedrock::ApplicationInferenceProfile",
        "Properties": {
            "InferenceProfileName": f"{CLUSTER}-claude-haiku-4-5",
            "ModelSource": {"CopyFrom": "arn:aws:bedrock:x"},
        },
    },
}
OUTPUTS = {
    "Balancer": {"Value": {"Fn::GetAtt": ["Balancer", "LoadBalancerFullName"]}},
    "Group": {"Value": {"Fn::GetAtt": ["Group", "TargetGroupFullName"]}},
    "Profile": {"Value": {"Fn::GetAtt": ["Haiku", "InferenceProfileId"]}},
}


@pytest.fixture
def cloud():
    with ministack_in_process.cloud() as made:
        yield made


def test_each_subject_of_a_gateway_is_found_by_its_real_name(cloud):
    """Dimensions are what GetAtt answers in the templates, and nothing is found of a gateway that is not."""

    async def story():
        stack = await cloud.create(CLUSTER, RESOURCES, OUTPUTS)
        assert stack["StackStatus"] == "CREATE_COMPLETE", cloud.told(CLUSTER)
        found = {
            subject: [(place.namespace, place.dimensions) for place in gateways.places(CLUSTER, subject)]
            for subject in ("service:app", "balancer", "targets:app", "database", "model:haiku", "moon")
        }
        return stack, found, list(gateways.places("stargate-two", "balancer"))

    stack, found, none = asyncio.run(story())
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    balancer = {"LoadBalancer": outputs["Balancer"]}
    assert found == {
        "service:app": [("AWS/ECS", {"ClusterName": CLUSTER, "ServiceName": "app"})],
        "balancer": [("AWS/ApplicationELB", balancer)],
        "targets:app": [("AWS/ApplicationELB", {**balancer, "TargetGroup": outputs["Group"]})],
        "database": [("AWS/RDS", {"DBInstanceIdentifier": CLUSTER})],
        "model:haiku": [("AWS/Bedrock", {"ModelId": outputs["Profile"]})],
        "moon": [],
    }
    assert outputs["Group"].startswith("targetgroup/")
    assert none == []


def test_a_reading_becomes_a_datapoint_of_its_metric_in_its_region():
    """Under AWS's name of the measure; measures that AWS has no metric of are left out."""
    engine = Engine(HandClock())
    place = gateways.Place("AWS/RDS", gateways.RDS, {"DBInstanceIdentifier": CLUSTER}, "us-west-1")
    for measure in ("connections", "mood"):
        gateways.put(engine, place, Reading("database", measure, START, 60, of_gauge(40.0, 60.0)))
    [((_, region), store)] = engine.stores.items()
    metric = Metric.of("AWS/RDS", "DatabaseConnections", {"DBInstanceIdentifier": CLUSTER})
    assert (region, store.metrics()) == ("us-west-1", [metric])
    assert store.read(metric, "Average", Window(int(START), 60, 1, START + 90)) == (50.0,)


def test_alarms_are_not_judged_before_a_held_up_gateway_has_caught_up():
    """A server that stalls must not make its metrics go missing: what is due is measured first."""
    clock = HandClock()
    engine = Engine(clock)
    registry.install(clock, random.Random(1))  # noqa: S311 - decides delays only
    gateways.follow(engine)
    with registry.ordering(CLUSTER, ["us-east-1a"]) as (fleet, at):
        fleet.add_service("litellm", TaskSize(2048, 4096), 1, at, DeploymentRules())
    clock.at += 20 * 60
    gateways.catch_up(clock.at)
    cpu = Metric.of("AWS/ECS", "CPUUtilization", {"ClusterName": CLUSTER, "ServiceName": "litellm"})
    newest = Window(int(clock.at) - 120, 60, 1, clock.at)
    [value] = engine.store().read(cpu, "Average", newest)
    assert value > 0
    registry.install(clock, random.Random(1))  # noqa: S311 - nothing runs any more
