"""What is on offer: our words are AWS's calls, and the local cloud answers them as AWS does."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

import pytest
from botocore.stub import Stubber

from stargate.adapters import aws
from stargate.adapters.offers import AwsOffers
from stargate.adapters.quotas import ServiceQuotas
from stargate.domain.provisioning.quotas import ADDRESSES, VPCS

MODEL = "anthropic.claude-opus-4-5-20251101-v1:0"
OPEN = {
    "modelId": MODEL,
    "agreementAvailability": {"status": "AVAILABLE"},
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


@pytest.fixture
def stubbed(monkeypatch):
    """A client of the service that answers what the test says, and nothing else."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws.client.cache_clear()
    yield lambda service: Stubber(aws.client(service, "us-east-1"))
    aws.client.cache_clear()


@pytest.mark.parametrize(
    ("options", "multi_az", "expected"),
    [
        ([{"EngineVersion": "16.13", "MultiAZCapable": True}], True, True),
        ([{"EngineVersion": "16.13", "MultiAZCapable": False}], True, False),
        ([{"EngineVersion": "16.13", "MultiAZCapable": False}], False, True),
        ([{"EngineVersion": "15.9", "MultiAZCapable": True}], False, False),
        ([], False, False),
    ],
)
def test_a_class_is_offered_for_our_version_and_zones(stubbed, options, multi_az, expected):
    """One option that fits is enough."""
    asked = {"Engine": "postgres", "DBInstanceClass": "db.r6g.large", "Vpc": True}
    with stubbed("rds") as rds:
        rds.add_response(
            "describe_orderable_db_instance_options", {"OrderableDBInstanceOptions": options}, asked
        )
        assert AwsOffers().database_class("us-east-1", "db.r6g.large", multi_az=multi_az) is expected


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({}, {}),
        ({"agreementAvailability": {"status": "NOT_AVAILABLE"}}, {MODEL: "agreement NOT_AVAILABLE"}),
        ({"authorizationStatus": "NOT_AUTHORIZED"}, {MODEL: "authorizationStatus NOT_AUTHORIZED"}),
    ],
)
def test_a_model_is_open_or_says_what_is_missing(stubbed, answer, words):
    """In Bedrock's own words."""
    with stubbed("bedrock") as bedrock:
        bedrock.add_response("get_foundation_model_availability", {**OPEN, **answer}, {"modelId": MODEL})
        assert AwsOffers().closed_models("us-east-1", [MODEL]) == words


def test_a_model_that_bedrock_does_not_know_is_closed(stubbed):
    """Its error is what is told."""
    with stubbed("bedrock") as bedrock:
        bedrock.add_client_error("get_foundation_model_availability", "ResourceNotFoundException", "no model")
        assert AwsOffers().closed_models("us-east-1", [MODEL]) == {MODEL: "no model"}


def test_a_quota_is_what_was_applied_or_else_awss_default(stubbed):
    """And none where AWS knows no such quota."""
    vpcs, addresses = ({"ServiceCode": quota.service, "QuotaCode": quota.code} for quota in (VPCS, ADDRESSES))
    with stubbed("service-quotas") as quotas:
        for operation in ("get_service_quota", "get_aws_default_service_quota"):
            quotas.add_client_error(operation, "NoSuchResourceException", expected_params=vpcs)
        quotas.add_client_error("get_service_quota", "NoSuchResourceException", expected_params=addresses)
        quotas.add_response("get_aws_default_service_quota", {"Quota": {"Value": 5.0}}, addresses)
        assert ServiceQuotas().granted("us-east-1", [VPCS, ADDRESSES]) == {ADDRESSES: 5.0}
    with stubbed("service-quotas") as quotas:
        quotas.add_response("get_service_quota", {"Quota": {"Value": 9.0}}, vpcs)
        assert ServiceQuotas().granted("us-east-1", [VPCS]) == {VPCS: 9.0}


@pytest.mark.cloud
def test_the_local_cloud_grants_what_was_set(cloud):
    """Until it is taken back."""
    quotas = cloud.client("service-quotas", "us-west-1")

    def granted():
        asked = {"ServiceCode": VPCS.service, "QuotaCode": VPCS.code}
        return quotas.get_service_quota(**asked)["Quota"]["Value"]

    assert granted() == 100
    try:
        _call(cloud, "POST", {"code": VPCS.code, "value": 1}, "quotas")
        assert granted() == 1
    finally:
        _call(cloud, "DELETE", {}, "quotas")
    assert granted() == 100


@pytest.mark.cloud
def test_the_local_cloud_offers_all_but_what_was_withdrawn(cloud):
    """Classes in the zones that there are, models that an SDK can read of; both can be withdrawn."""
    rds, bedrock = cloud.client("rds", "us-west-1"), cloud.client("bedrock")

    def told():
        answer = rds.describe_orderable_db_instance_options(Engine="postgres", DBInstanceClass="db.t4g.micro")
        options = answer["OrderableDBInstanceOptions"]
        zones = [zone["Name"] for option in options for zone in option["AvailabilityZones"]]
        model = bedrock.get_foundation_model_availability(modelId=MODEL)
        return zones, model["agreementAvailability"]["status"]

    assert told() == (["us-west-1a", "us-west-1c"], "AVAILABLE")
    try:
        for name in ("db.t4g.micro", MODEL):
            _call(cloud, "POST", {"name": name})
        assert told() == ([], "NOT_AVAILABLE")
    finally:
        _call(cloud, "DELETE", {})
    assert told()[1] == "AVAILABLE"


def _call(cloud, method, body, what="offers"):
    asked = Request(f"{cloud.twin}/{what}", json.dumps(body).encode(), method=method)  # noqa: S310 - our own
    urlopen(asked, timeout=10).close()  # noqa: S310
