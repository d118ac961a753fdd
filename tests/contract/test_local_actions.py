"""What actions ask of the local cloud that MiniStack lacks, or does at once where AWS takes its time."""

import asyncio
import json

import pytest
from ministack.core import iam_actions
from ministack.services import alb, rds

from local.clock import Clock
from local.gateways import registry
from local.services import arc_zonal_shift as arc
from local.services import rds as honest_rds
from local.services import service_quotas
from local.services.pace import Pace
from stargate.domain.scaling.model_quotas import BY_MODEL
from tests.contract import ecs_stories, ministack_in_process
from tests.contract.ecs_stories import CLUSTER, ask, by_hand, service, steady, tasks
from tests.contract.test_local_failover import AtOnce, database
from tests.contract.test_local_services import SUBNETS

NOW = 1_800_000_000.0
OPTED_IN = [{"Key": "zonal_shift.config.enabled", "Value": "true"}]


def balancer(attributes=OPTED_IN):
    properties = {"Type": "application", "Subnets": SUBNETS, "LoadBalancerAttributes": attributes}
    return {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": properties}


@pytest.fixture
def arn(monkeypatch):
    """Of a balancer in three zones."""
    monkeypatch.setattr("local.services.ecs.events.emit", lambda *_: None)
    with ministack_in_process.cloud() as cloud:
        asyncio.run(cloud.create(CLUSTER, {**ecs_stories.resources(), "Balancer": balancer()}))
        [made] = alb._lbs.values()
        yield made["LoadBalancerArn"]


def shift(arn, zone="use1-az1", expires="24h", now=NOW):
    body = {"resourceIdentifier": arn, "awayFrom": zone, "expiresIn": expires, "comment": "a test"}
    return arc.answer("POST", "/zonalshifts", json.dumps(body).encode(), now)


def managed(arn, now=NOW):
    return arc.answer("GET", f"/managedresources/{arn}", b"", now)


# Zonal shifts.


def test_a_balancer_is_kept_from_one_zone_until_it_is_cancelled(arn):
    """And its weights say so."""
    begun = shift(arn)
    told = managed(arn)
    assert [(one["awayFrom"], one["appliedStatus"]) for one in told["zonalShifts"]] == [
        ("use1-az1", "APPLIED")
    ]
    assert told["appliedWeights"] == {"use1-az1": 0.0, "use1-az2": 1.0, "use1-az3": 1.0}
    assert arc.answer("DELETE", f"/zonalshifts/{begun['zonalShiftId']}", b"", NOW)["status"] == "CANCELED"
    assert managed(arn)["zonalShifts"] == []
    [listed] = arc.answer("GET", "/zonalshifts", b"", NOW)["items"]
    assert listed["status"] == "CANCELED"


def test_a_shift_ends_by_itself(arn):
    """When its time is over."""
    shift(arn, expires="30m")
    assert managed(arn, NOW + 1799)["zonalShifts"]
    assert not managed(arn, NOW + 1800)["zonalShifts"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"zone": "use1-az9"}, "ValidationException"),
        ({"expires": "73h"}, "ValidationException"),
        ({"expires": "soon"}, "ValidationException"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(arn, given, code):
    """As AWS refuses it."""
    with pytest.raises(arc.RefusedError) as refused:
        shift(arn, **given)
    assert refused.value.code == code


def test_one_shift_at_a_time_and_only_of_balancers_that_opted_in(arn):
    """A second is a conflict; without the attribute ARC does not know the balancer."""
    shift(arn)
    with pytest.raises(arc.RefusedError) as refused:
        shift(arn, "use1-az2")
    assert refused.value.code == "ConflictException"
    alb._lb_attrs[arn] = [one for one in alb._lb_attrs[arn] if one["Key"] != arc.OPTED_IN]
    with pytest.raises(arc.RefusedError) as refused:
        managed(arn)
    assert refused.value.code == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/zonalshifts", "StartZonalShift"),
        ("DELETE", "/zonalshifts/some-id", "CancelZonalShift"),
        ("GET", "/managedresources/arn%3Aaws%3Ax", "GetManagedResource"),
    ],
)
def test_iam_knows_which_operation_a_path_is(arn, method, path, operation):
    """So that a role without the right is denied it."""
    found = iam_actions.extract_iam_action("arc-zonal-shift", method, path, {}, b"{}", {})
    assert found == f"arc-zonal-shift:{operation}"


def test_iam_decides_a_shift_by_its_balancer(arn):
    """However the call names it."""
    begun = shift(arn)["zonalShiftId"]
    assert arc.judged_by(f"/zonalshifts/{begun}", b"") == arn
    assert arc.judged_by("/zonalshifts", json.dumps({"resourceIdentifier": arn}).encode()) == arn
    assert arc.judged_by(f"/managedresources/{arn.replace('/', '%2F')}", b"") == arn


# Services in other subnets.


@pytest.mark.usefixtures("arn")
def test_a_service_in_other_subnets_is_a_deployment_whose_tasks_are_there():
    """As at AWS; those that ran elsewhere end when the new ones are healthy."""
    hands = by_hand()
    hands.pass_seconds(600)
    assert steady()
    assert {task["availabilityZone"] for task in tasks()} == {"us-east-1a", "us-east-1b"}
    network = service()["networkConfiguration"]["awsvpcConfiguration"]
    ask(
        "UpdateService",
        cluster=CLUSTER,
        service="app",
        networkConfiguration={"awsvpcConfiguration": {**network, "subnets": network["subnets"][1:]}},
    )
    assert len(service()["deployments"]) == 2
    hands.pass_seconds(900)
    assert steady()
    assert {task["availabilityZone"] for task in tasks()} == {"us-east-1b", "us-east-1c"}


# The database's class.


def test_another_class_is_pending_until_rds_is_done(monkeypatch):
    """Ten minutes, and no second change meanwhile."""
    with ministack_in_process.cloud():
        later, instance = AtOnce(), database(monkeypatch)
        modify = honest_rds.changing_class(rds._modify_db_instance, Pace(Clock.starting_now(60)), later)
        asked = {"DBInstanceIdentifier": [CLUSTER], "ApplyImmediately": ["true"]}
        assert modify({**asked, "DBInstanceClass": ["db.r6g.xlarge"]})[0] == 200
        assert (instance["DBInstanceStatus"], instance["DBInstanceClass"]) == ("modifying", "db.r6g.large")
        assert instance["PendingModifiedValues"] == {"DBInstanceClass": "db.r6g.xlarge"}
        assert modify({**asked, "DBInstanceClass": ["db.r6g.2xlarge"]})[0] == 400
        seconds, end = later.due
        end()
        assert (instance["DBInstanceStatus"], instance["DBInstanceClass"]) == ("available", "db.r6g.xlarge")
        assert 3 < seconds < 40  # ten minutes, sixty times as fast


# Quotas.


def quotas(operation, **asked):
    headers = {"x-amz-target": f"{service_quotas.TARGET}{operation}"}
    body = json.dumps(asked).encode()
    status, _, answer = asyncio.run(service_quotas.handle_request("POST", "/", headers, body, {}))
    return status, json.loads(answer)


def test_more_of_a_quota_is_asked_for_once_and_stands_unanswered():
    """Found by its name, asked by its code; no increase is none."""
    service_quotas.restore({})
    status, answer = quotas("ListServiceQuotas", ServiceCode="vpc")
    [vpcs] = [one for one in answer["Quotas"] if one["QuotaName"] == "VPCs per Region"]
    asked = {"ServiceCode": "vpc", "QuotaCode": vpcs["QuotaCode"]}
    assert quotas("RequestServiceQuotaIncrease", **asked, DesiredValue=vpcs["Value"])[0] == 400
    assert quotas("RequestServiceQuotaIncrease", **asked, DesiredValue=150.0)[0] == 200
    status, answer = quotas("RequestServiceQuotaIncrease", **asked, DesiredValue=200.0)
    assert (status, answer["__type"]) == (400, "ResourceAlreadyExistsException")
    _, told = quotas("ListRequestedServiceQuotaChangeHistoryByQuota", **asked)
    assert [(one["DesiredValue"], one["Status"]) for one in told["RequestedQuotas"]] == [(150.0, "PENDING")]
    assert quotas("ListServiceQuotas", ServiceCode="moonbeam")[0] == 400
    service_quotas.restore({})


@pytest.mark.usefixtures("arn")
def test_bedrocks_quotas_are_those_that_gateways_are_held_to():
    """Set from outside, they are told by code and by name; restored, they are as they were."""
    [(_, gateway)] = registry.gateways()
    quota = BY_MODEL["sonnet"].tokens
    asked = {"ServiceCode": "bedrock", "QuotaCode": quota.code}
    before = quotas("GetServiceQuota", **asked)[1]["Quota"]["Value"]
    service_quotas.apply({"code": quota.code, "value": before / 2})
    assert gateway.models["sonnet"].quota.tokens_per_minute == before / 2
    assert quotas("GetServiceQuota", **asked)[1]["Quota"]["Value"] == before / 2
    _, answer = quotas("ListServiceQuotas", ServiceCode="bedrock")
    assert {one["QuotaName"]: one["Value"] for one in answer["Quotas"]}[quota.name] == before / 2
    service_quotas.restore({})
    assert gateway.models["sonnet"].quota.tokens_per_minute == before
