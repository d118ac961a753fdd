"""What actions do to AWS and ask of it, against moto, and against stubs where moto has no such service."""

from __future__ import annotations

from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.gateway.connection_pools import EcsConnectionPools
from stargate.adapters.gateway.database_servers import RdsServers
from stargate.adapters.gateway.ecs import EcsServices
from stargate.adapters.gateway.zonal_shifts import ArcZonalShifts
from stargate.adapters.quotas.quota_requests import ServiceQuotaRequests
from stargate.domain.operating.facts import Pools, QuotaFacts
from stargate.errors import ActionRefusedError, AwsDeniedError

REGION, CLUSTER = "us-west-1", "stargate-sandbox"
BALANCER = "arn:aws:elasticloadbalancing:us-west-1:123456789012:loadbalancer/app/stargate/1"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _cloud(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    with mock_aws():
        yield
    aws.client.cache_clear()


def a_network():
    """Three subnets, the last two in one zone."""
    ec2 = boto3.client("ec2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=zones[min(n, 1)])
        for n in range(3)
    ]
    return [(one["Subnet"]["SubnetId"], one["Subnet"]["AvailabilityZoneId"]) for one in made]


def a_service(subnets=(), environment=()):
    ecs = boto3.client("ecs", region_name=REGION)
    ecs.create_cluster(clusterName=CLUSTER)
    container = {"name": "litellm", "image": "litellm", "memory": 512, "environment": list(environment)}
    ecs.register_task_definition(
        family="litellm", containerDefinitions=[container], networkMode="awsvpc", taskRoleArn="arn:role"
    )
    groups = boto3.client("ec2", region_name=REGION).describe_security_groups()["SecurityGroups"]
    network = {
        "awsvpcConfiguration": {
            "subnets": list(subnets),
            "securityGroups": [groups[0]["GroupId"]],
            "assignPublicIp": "DISABLED",
        }
    }
    ecs.create_service(
        cluster=CLUSTER,
        serviceName="litellm",
        taskDefinition="litellm",
        desiredCount=2,
        launchType="FARGATE",
        **({"networkConfiguration": network} if subnets else {}),
    )
    return ecs


def described(ecs):
    return ecs.describe_services(cluster=CLUSTER, services=["litellm"])["services"][0]


# Tasks.


def task(task_id, address, minute, status="RUNNING"):
    details = [{"name": "subnetId", "value": "s"}, {"name": "privateIPv4Address", "value": address}]
    return {
        "taskArn": f"arn:aws:ecs:{REGION}:1:task/{CLUSTER}/{task_id}",
        "lastStatus": status,
        "attachments": [{"type": "ElasticNetworkInterface", "details": details}],
        "createdAt": NOON.replace(minute=minute),
        "startedAt": NOON.replace(minute=minute),
    }


def test_running_tasks_are_told_by_id_address_and_age():
    """From the oldest to the newest; one that is only starting is none yet."""
    told = [task("young", "10.0.1.2", 9), task("old", "10.0.0.2", 3), task("late", "", 10, "PENDING")]
    with Stubber(aws.client("ecs", REGION)) as stub:
        stub.add_response("list_tasks", {"taskArns": [one["taskArn"] for one in told]})
        stub.add_response("describe_tasks", {"tasks": told})
        found = EcsServices().tasks(REGION, CLUSTER, "litellm")
    assert [(one.task_id, one.address) for one in found] == [("old", "10.0.0.2"), ("young", "10.0.1.2")]
    assert found[1].started_at - found[0].started_at == 360


def test_a_service_without_tasks_has_none():
    """Nothing is asked about nothing."""
    with Stubber(aws.client("ecs", REGION)) as stub:
        stub.add_response("list_tasks", {"taskArns": []})
        assert EcsServices().tasks(REGION, CLUSTER, "litellm") == ()


def test_a_task_that_is_gone_need_not_be_stopped_but_a_denial_is_a_refusal():
    """The first is what was wanted, the second would come again."""
    with Stubber(aws.client("ecs", REGION)) as stub:
        stub.add_client_error("stop_task", "InvalidParameterException", "The referenced task was not found.")
        EcsServices().stop_task(REGION, CLUSTER, "litellm", "gone")
        stub.add_client_error("stop_task", "AccessDeniedException", "no", http_status_code=400)
        with pytest.raises(ActionRefusedError, match="StopTask: no"):
            EcsServices().stop_task(REGION, CLUSTER, "litellm", "t")


# Zones.


def managed(stub, *shifts):
    listed = [
        {
            "appliedStatus": "APPLIED" if applied else "NOT_APPLIED",
            "zonalShiftId": f"{zone}-shift-0000000000000000000000000000"[:36],
            "resourceIdentifier": BALANCER,
            "awayFrom": zone,
            "expiryTime": NOON,
            "startTime": NOON,
            "comment": "",
        }
        for zone, applied in shifts
    ]
    answer = {"arn": BALANCER, "appliedWeights": {}, "zonalShifts": listed}
    stub.add_response("get_managed_resource", answer, {"resourceIdentifier": BALANCER})
    return [one["zonalShiftId"] for one in listed]


def test_zones_are_told_by_subnets_shifts_and_tasks():
    """Subnets of each service by the id of their zone; a shift that does not apply keeps nothing away."""
    (first, zone_a), (second, zone_b), _ = a_network()
    a_service([first, second])
    with Stubber(aws.client("arc-zonal-shift", REGION)) as stub:
        managed(stub, (zone_a, True), (zone_b, False))
        found = ArcZonalShifts().describe(REGION, CLUSTER, BALANCER, ("litellm", "grafana"))
    assert (found.balancer, found.away) == (BALANCER, (zone_a,))
    assert set(found.zones) == {zone_a, zone_b}
    assert found.subnets == {"litellm": {first: zone_a, second: zone_b}}
    assert found.tasks == {}


def test_a_balancer_that_arc_does_not_know_cannot_be_shifted():
    """Its attribute is off, or it is another's; a denial says so instead."""
    with Stubber(aws.client("arc-zonal-shift", REGION)) as stub:
        stub.add_client_error("get_managed_resource", "ResourceNotFoundException", "no such resource")
        assert ArcZonalShifts().describe(REGION, CLUSTER, BALANCER, ()) is None
        stub.add_client_error("get_managed_resource", "AccessDeniedException", "no", http_status_code=403)
        with pytest.raises(AwsDeniedError):
            ArcZonalShifts().describe(REGION, CLUSTER, BALANCER, ())


def test_a_shift_is_begun_once_and_ended_once():
    """For a day, so that it ends by itself should nobody be left."""
    asked = {"resourceIdentifier": BALANCER, "awayFrom": "usw1-az1", "expiresIn": "24h", "comment": "why"}
    begun = {
        "zonalShiftId": "x" * 36,
        "resourceIdentifier": BALANCER,
        "awayFrom": "usw1-az1",
        "expiryTime": NOON,
        "startTime": NOON,
        "status": "ACTIVE",
        "comment": "why",
    }
    shifts = ArcZonalShifts()
    with Stubber(aws.client("arc-zonal-shift", REGION)) as stub:
        managed(stub)
        stub.add_response("start_zonal_shift", begun, asked)
        shifts.shift(REGION, BALANCER, "usw1-az1", "why")
        managed(stub, ("usw1-az1", True))
        shifts.shift(REGION, BALANCER, "usw1-az1", "why")
        (identifier,) = managed(stub, ("usw1-az1", True))
        stub.add_response("cancel_zonal_shift", begun, {"zonalShiftId": identifier})
        shifts.shift_back(REGION, BALANCER, "usw1-az1")
        managed(stub)
        shifts.shift_back(REGION, BALANCER, "usw1-az1")
        stub.assert_no_pending_responses()


def test_a_service_is_placed_into_subnets_and_keeps_the_rest_of_its_network():
    """The same again changes nothing; a service that is not there is none to place."""
    (first, _), (second, _), (third, _) = a_network()
    ecs = a_service([first, second, third])
    ArcZonalShifts().place(REGION, CLUSTER, "litellm", [second, third])
    network = described(ecs)["networkConfiguration"]["awsvpcConfiguration"]
    assert sorted(network["subnets"]) == sorted([second, third])
    assert (len(network["securityGroups"]), network["assignPublicIp"]) == (1, "DISABLED")
    with Stubber(aws.client("ecs", REGION)) as stub:
        stub.add_response("describe_services", {"services": [described(ecs)]})
        ArcZonalShifts().place(REGION, CLUSTER, "litellm", [third, second])
        stub.add_response("describe_services", {"services": []})
        ArcZonalShifts().place(REGION, CLUSTER, "other", [third])


# The database.


def test_the_database_is_told_with_what_is_pending_and_gets_another_class():
    """At once and not in RDS's own window."""
    rds = boto3.client("rds", region_name=REGION)
    rds.create_db_instance(
        DBInstanceIdentifier=CLUSTER, DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20
    )
    servers = RdsServers()
    found = servers.describe(REGION, CLUSTER)
    assert (found.status, found.instance_class, found.pending_class) == ("available", "db.t4g.micro", "")
    servers.change_class(REGION, CLUSTER, "db.t4g.small")
    assert servers.describe(REGION, CLUSTER).instance_class == "db.t4g.small"
    assert servers.describe(REGION, "none") is None


def test_a_change_under_way_shows_as_pending_and_a_class_that_is_not_to_be_had_is_refused():
    """In RDS's own words."""
    instance = {
        "DBInstanceStatus": "modifying",
        "DBInstanceClass": "db.r6g.large",
        "MultiAZ": True,
        "AvailabilityZone": "us-west-1a",
        "SecondaryAvailabilityZone": "us-west-1c",
        "PendingModifiedValues": {"DBInstanceClass": "db.r6g.xlarge"},
    }
    with Stubber(aws.client("rds", REGION)) as stub:
        stub.add_response("describe_db_instances", {"DBInstances": [instance]})
        found = RdsServers().describe(REGION, CLUSTER)
        assert (found.status, found.pending_class, found.multi_az) == ("modifying", "db.r6g.xlarge", True)
        assert (found.zone, found.standby_zone) == ("us-west-1a", "us-west-1c")
        stub.add_client_error("modify_db_instance", "InsufficientDBInstanceCapacity", "none left")
        with pytest.raises(ActionRefusedError, match="ModifyDBInstance: none left"):
            RdsServers().change_class(REGION, CLUSTER, "db.r6g.2xlarge")


# Quotas.


def quota(name="Tokens per minute", **changes):
    return {"QuotaName": name, "QuotaCode": "L-1", "Value": 1000.0, "Adjustable": True, **changes}


def test_a_quota_is_found_by_its_name_with_what_was_asked_already():
    """Only what AWS has not answered yet; a quota or a service that it does not know is None."""
    history = [
        {"DesiredValue": 1200.0, "Status": "DENIED"},
        {"DesiredValue": 1500.0, "Status": "CASE_OPENED"},
    ]
    with Stubber(aws.client("service-quotas", REGION)) as stub:
        stub.add_response("list_service_quotas", {"Quotas": [quota("Other"), quota()]})
        stub.add_response(
            "list_requested_service_quota_change_history_by_quota", {"RequestedQuotas": history}
        )
        found = ServiceQuotaRequests().describe(REGION, "bedrock", "Tokens per minute")
        assert found == QuotaFacts("bedrock", "L-1", "Tokens per minute", 1000.0, True, 1500.0)  # noqa: FBT003
        stub.add_response("list_service_quotas", {"Quotas": [quota("Other")]})
        assert ServiceQuotaRequests().describe(REGION, "bedrock", "Tokens per minute") is None
        stub.add_client_error("list_service_quotas", "NoSuchResourceException", "no such service")
        assert ServiceQuotaRequests().describe(REGION, "moonbeam", "Tokens per minute") is None


def test_more_is_asked_for_and_a_request_that_stands_is_no_refusal():
    """What is fixed is refused in AWS's words."""
    asked = {"ServiceCode": "bedrock", "QuotaCode": "L-1", "DesiredValue": 1500.0}
    requests = ServiceQuotaRequests()
    with Stubber(aws.client("service-quotas", REGION)) as stub:
        stub.add_response("request_service_quota_increase", {"RequestedQuota": {}}, asked)
        requests.ask(REGION, "bedrock", "L-1", 1500.0)
        stub.add_client_error(
            "request_service_quota_increase", "ResourceAlreadyExistsException", "there is one"
        )
        requests.ask(REGION, "bedrock", "L-1", 1500.0)
        stub.add_client_error("request_service_quota_increase", "IllegalArgumentException", "not adjustable")
        with pytest.raises(ActionRefusedError, match="not adjustable"):
            requests.ask(REGION, "bedrock", "L-1", 1500.0)


# LiteLLM's pools.


def test_pools_are_made_smaller_by_a_revision_that_differs_in_one_value_and_given_back():
    """Roles, network mode and the other variables are as they were."""
    given = [{"name": "DATABASE_POOL", "value": "10"}, {"name": "NUM_WORKERS", "value": "2"}]
    ecs = a_service(environment=given)
    pools = EcsConnectionPools()
    before = pools.describe(REGION, CLUSTER, "litellm")
    assert before.connections == 10
    pools.deploy(REGION, CLUSTER, "litellm", 6)
    after = pools.describe(REGION, CLUSTER, "litellm")
    assert (after.connections, after.task_definition != before.task_definition) == (6, True)
    made = ecs.describe_task_definition(taskDefinition=after.task_definition)["taskDefinition"]
    assert (made["taskRoleArn"], made["networkMode"]) == ("arn:role", "awsvpc")
    assert made["containerDefinitions"][0]["environment"] == [
        {"name": "DATABASE_POOL", "value": "6"},
        {"name": "NUM_WORKERS", "value": "2"},
    ]
    pools.go_back(REGION, CLUSTER, "litellm", before.task_definition)
    assert pools.describe(REGION, CLUSTER, "litellm") == Pools(before.task_definition, 10)


def test_a_service_without_pools_or_none_at_all_has_none():
    """Grafana's connections are another matter."""
    a_service(environment=[{"name": "DATABASE_POOL", "value": "many"}])
    assert EcsConnectionPools().describe(REGION, CLUSTER, "litellm") is None
    assert EcsConnectionPools().describe(REGION, CLUSTER, "other") is None
