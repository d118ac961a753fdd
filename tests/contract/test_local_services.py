"""Services of the local cloud: ECS in time, Application Auto Scaling, and tags that are seen everywhere."""

import asyncio
import json
import re

import pytest
from ministack.services import alb, cloudfront, cloudwatch, ec2, ecs, rds, secretsmanager, tagging

from local.services import application_autoscaling as scaling
from tests.contract import ministack_in_process


@pytest.fixture
def cloud(monkeypatch):
    emitted = []
    monkeypatch.setattr("local.services.ecs.events.emit", lambda *event: emitted.append(event))
    with ministack_in_process.cloud() as made:
        made.tasks_told = emitted
        yield made


NETWORK = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    **{
        f"Subnet{letter}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": f"10.9.{number}.0/24",
                "AvailabilityZone": f"us-east-1{letter.lower()}",
            },
        }
        for number, letter in enumerate("ABC")
    },
}
SUBNETS = [{"Ref": f"Subnet{letter}"} for letter in "ABC"]
TASK = {
    "Type": "AWS::ECS::TaskDefinition",
    "Properties": {
        "Family": "work",
        "NetworkMode": "awsvpc",
        "RequiresCompatibilities": ["FARGATE"],
        "ContainerDefinitions": [{"Name": "app", "Image": "app:1"}],
    },
}
SERVICE = {
    "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "stargate-one"}},
    "Task": TASK,
    "Group": {
        "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Properties": {"Port": 80, "Protocol": "HTTP", "TargetType": "ip", "VpcId": {"Ref": "Vpc"}},
    },
    "Service": {
        "Type": "AWS::ECS::Service",
        "Properties": {
            "ServiceName": "app",
            "Cluster": {"Ref": "Cluster"},
            "TaskDefinition": {"Ref": "Task"},
            "LaunchType": "FARGATE",
            "LoadBalancers": [
                {"ContainerName": "app", "ContainerPort": 80, "TargetGroupArn": {"Ref": "Group"}}
            ],
            "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": SUBNETS}},
        },
    },
}
BOUNDS = {
    "Bounds": {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "DependsOn": "Service",
        "Properties": {
            "ServiceNamespace": "ecs",
            "ResourceId": "service/stargate-one/app",
            "ScalableDimension": "ecs:service:DesiredCount",
            "MinCapacity": "3",
            "MaxCapacity": "6",
        },
    },
    "Policy": {
        "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
        "Properties": {
            "PolicyName": "cpu",
            "PolicyType": "TargetTrackingScaling",
            "ScalingTargetId": {"Ref": "Bounds"},
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": "70",
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            },
        },
    },
}


async def until(holds):
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - MiniStack offers nothing to wait on
            await asyncio.sleep(0.002)


def test_a_service_starts_with_its_least_tasks_spread_over_the_zones_and_healthy(cloud):
    """No desired count in the template: one task, then the bounds' minimum; each a target of the group."""

    async def story():
        stack = await cloud.create("stargate-one", {**NETWORK, **SERVICE, **BOUNDS})
        assert stack["StackStatus"] == "CREATE_COMPLETE", cloud.told("stargate-one")
        service = ecs._services["stargate-one/app"]
        await until(lambda: service["runningCount"] == 3)
        return stack, service

    stack, service = asyncio.run(story())
    assert [deployment["rolloutState"] for deployment in service["deployments"]] == ["COMPLETED"]
    tasks = list(ecs._tasks.values())
    assert {task["availabilityZone"] for task in tasks} == {"us-east-1a", "us-east-1b", "us-east-1c"}
    targets = alb._targets[stack["_resources"]["Group"]["PhysicalResourceId"]]
    assert {target["Id"] for target in targets} == {ecs._task_ip(task) for task in tasks}


def test_a_stopped_task_of_a_service_is_replaced(cloud):
    """The service comes back to its desired count by itself."""

    async def story():
        await cloud.create("stargate-one", {**NETWORK, **SERVICE})
        service = ecs._services["stargate-one/app"]
        [first] = ecs._tasks
        ecs._stop_task({"cluster": "stargate-one", "task": first})
        await until(lambda: len(ecs._tasks) == 2 and service["runningCount"] == 1)

    asyncio.run(story())


def test_a_one_off_task_passes_its_states_and_ends_with_zero(cloud):
    """Each change is told as AWS tells it, and every container ends well."""

    async def story():
        stack = await cloud.create("stargate-one", {**NETWORK, "Task": TASK})
        request = {
            "cluster": "stargate-one",
            "taskDefinition": stack["_resources"]["Task"]["PhysicalResourceId"],
            "launchType": "FARGATE",
            "clientToken": "once",
            "startedBy": "stargate/me",
        }
        first, again = ecs._run_task(request), ecs._run_task(request)
        assert first == again
        [task] = ecs._tasks.values()
        await until(lambda: task["lastStatus"] == "STOPPED")
        return task

    task = asyncio.run(story())
    assert [container["exitCode"] for container in task["containers"]] == [0]
    assert [detail["lastStatus"] for _, _, _, detail in cloud.tasks_told] == [
        "PROVISIONING",
        "PENDING",
        "RUNNING",
        "DEPROVISIONING",
        "STOPPED",
    ]
    source, kind, resources, detail = cloud.tasks_told[-1]
    assert (source, kind, resources) == ("aws.ecs", "ECS Task State Change", [task["taskArn"]])
    assert (detail["startedBy"], detail["stopCode"]) == ("stargate/me", "EssentialContainerExited")


def call(action, **body):
    headers = {"x-amz-target": f"AnyScaleFrontendService.{action}"}
    status, _, answer = asyncio.run(
        scaling.handle_request("POST", "/", headers, json.dumps(body).encode(), {})
    )
    return status, json.loads(answer)


TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/stargate-one/app",
    "ScalableDimension": "ecs:service:DesiredCount",
}


def test_bounds_can_be_moved_and_taken_away(cloud):
    """Register again changes only what is given; deregister takes the policies along."""
    asyncio.run(cloud.create("stargate-one", {**NETWORK, **SERVICE, **BOUNDS}))
    assert call("RegisterScalableTarget", **TARGET, MaxCapacity=4)[0] == 200
    [target] = call("DescribeScalableTargets", ServiceNamespace="ecs")[1]["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (3, 4)
    [policy] = call("DescribeScalingPolicies", ServiceNamespace="ecs")[1]["ScalingPolicies"]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70.0
    assert {alarm["AlarmName"] for alarm in policy["Alarms"]} == set(cloudwatch._alarms)
    assert call("DeregisterScalableTarget", **TARGET) == (200, {})
    assert call("DescribeScalingPolicies", ServiceNamespace="ecs")[1] == {"ScalingPolicies": []}
    assert list(cloudwatch._alarms) == []


def tagged():
    wanted = {"TagFilters": [{"Key": "stargate:id", "Values": ["e1"]}]}
    found = json.loads(tagging._get_resources(wanted)[2])["ResourceTagMappingList"]
    return {resource["ResourceARN"].split(":")[2] for resource in found}


TAGS = {"Tags.member.1.Key": "stargate:id", "Tags.member.1.Value": "e1"}
TAGGED = {
    **NETWORK,
    "Address": {"Type": "AWS::EC2::EIP", "Properties": {}},
    "Cluster": SERVICE["Cluster"],
    "Group": SERVICE["Group"],
    "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "s"}},
    "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {}},
    "Db": {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "Properties": {"MultiAZ": "true"}},
    "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": {"Scope": "REGIONAL", "Rules": []}},
    "Profile": {
        "Type": "AWS::Bedrock::ApplicationInferenceProfile",
        "Properties": {"InferenceProfileName": "p", "ModelSource": {"CopyFrom": "arn:aws:bedrock:x"}},
    },
}


def test_every_tagged_service_is_seen_and_forgotten_when_deleted(cloud):
    """The tagging API lists what the stack tagged, and nothing once the stack is gone."""

    async def story():
        stack = await cloud.create("stargate-one", TAGGED, **TAGS)
        assert stack["StackStatus"] == "CREATE_COMPLETE", cloud.told("stargate-one")
        seen = tagged()
        await cloud.delete("stargate-one")
        return seen

    services = {"bedrock", "ec2", "ecs", "elasticloadbalancing", "logs", "rds", "secretsmanager", "wafv2"}
    assert asyncio.run(story()) >= services
    assert tagged() == set()


@pytest.mark.parametrize(
    ("wanted", "pattern"),
    [
        ({"ExcludePunctuation": "true", "PasswordLength": "40"}, "[A-Za-z0-9]{40}"),
        (
            {
                "ExcludePunctuation": True,
                "ExcludeUppercase": True,
                "ExcludeCharacters": "ghijklmnopqrstuvwxyz",
                "PasswordLength": 64,
            },
            "[0-9a-f]{64}",
        ),
        ({}, ".{32}"),
    ],
)
def test_a_generated_secret_keeps_to_what_was_asked(cloud, wanted, pattern):
    """Length and excluded characters are obeyed."""
    resources = {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": wanted}}
    }
    asyncio.run(cloud.create("stargate-one", resources))
    [secret] = secretsmanager._secrets.values()
    [version] = secret["Versions"].values()
    assert re.fullmatch(pattern, version["SecretString"])


def test_attributes_are_those_of_aws(cloud):
    """Ref of a secret is its ARN; the VPC tells its CIDR, the ACL its capacity, RDS its own secret."""
    resources = {
        "Vpc": NETWORK["Vpc"],
        "Secret": TAGGED["Secret"],
        "Acl": {
            "Type": "AWS::WAFv2::WebACL",
            "Properties": {
                "Scope": "REGIONAL",
                "Rules": [
                    {"Statement": {"ManagedRuleGroupStatement": {"Name": "AWSManagedRulesCommonRuleSet"}}},
                    {"Statement": {"RateBasedStatement": {"Limit": 100}}},
                ],
            },
        },
        "Db": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {"MultiAZ": "true", "MasterUsername": "m", "ManageMasterUserPassword": "true"},
        },
    }
    outputs = {
        "Secret": {"Value": {"Ref": "Secret"}},
        "Cidr": {"Value": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}},
        "Capacity": {"Value": {"Fn::GetAtt": ["Acl", "Capacity"]}},
        "Master": {"Value": {"Fn::GetAtt": ["Db", "MasterUserSecret.SecretArn"]}},
    }
    stack = asyncio.run(cloud.create("stargate-one", resources, outputs))
    assert stack["StackStatus"] == "CREATE_COMPLETE", cloud.told("stargate-one")
    values = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    secrets = {secret["ARN"] for secret in secretsmanager._secrets.values()}
    assert {values["Secret"], values["Master"]} <= secrets
    assert (values["Cidr"], values["Capacity"]) == ("10.9.0.0/16", "702")
    [instance] = rds._instances.values()
    assert instance["SecondaryAvailabilityZone"] not in {"", instance["AvailabilityZone"]}
    described = rds._instance_xml(instance)
    assert f"<SecondaryAvailabilityZone>{instance['SecondaryAvailabilityZone']}<" in described
    assert f"<SecretArn>{values['Master']}</SecretArn>" in described


def test_what_takes_long_shows_as_unfinished_until_its_time_has_come(cloud):
    """Databases are creating, NAT gateways pending and distributions in progress, then they stand."""
    resources = {
        "Vpc": NETWORK["Vpc"],
        "SubnetA": NETWORK["SubnetA"],
        "Address": {"Type": "AWS::EC2::EIP", "Properties": {}},
        "Nat": {
            "Type": "AWS::EC2::NatGateway",
            "Properties": {
                "SubnetId": {"Ref": "SubnetA"},
                "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
            },
        },
        "Db": {"Type": "AWS::RDS::DBInstance", "Properties": {}},
        "Edge": {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {"DistributionConfig": {"Enabled": True}},
        },
    }

    def states():
        stores = (
            (rds._instances, "DBInstanceStatus"),
            (cloudfront._distributions, "Status"),
            (ec2._nat_gateways, "State"),
        )
        return [entry[state] for store, state in stores for entry in store.values()]

    async def story():
        template = json.dumps({"Resources": resources})
        await cloud.ask("CreateStack", StackName="stargate-one", TemplateBody=template)
        seen = set()
        await until(lambda: seen.update(states()) or {"creating", "InProgress", "pending"} <= seen)
        await cloud.settled("stargate-one")
        return states()

    assert asyncio.run(story()) == ["available", "Deployed", "available"]
