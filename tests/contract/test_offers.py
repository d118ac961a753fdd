"""What is on offer: our words are AWS's calls, and the local cloud answers them as AWS does."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from stargate.adapters import aws
from stargate.adapters.provisioning.offers import AwsOffers
from stargate.adapters.quotas.quotas import ServiceQuotas
from stargate.domain.provisioning.quotas import ADDRESSES, BALANCERS, DATABASES, NAT_GATEWAYS, VPCS

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


def option(version="16.13", zones="ab", *, multi=True):
    named = [{"Name": f"us-east-1{letter}"} for letter in zones]
    return {"EngineVersion": version, "MultiAZCapable": multi, "AvailabilityZones": named}


@pytest.mark.parametrize(
    ("options", "multi_az", "zones"),
    [
        ([option()], True, "ab"),
        ([option(multi=False)], True, ""),
        ([option(multi=False)], False, "ab"),
        ([option("15.9")], False, ""),
        ([option(zones="a"), option("16.14", "c")], False, "ac"),
        ([], False, ""),
    ],
)
def test_a_class_is_offered_for_our_version_in_some_zones(stubbed, options, multi_az, zones):
    """Of any minor version; for a standby only where one can be had."""
    asked = {"Engine": "postgres", "DBInstanceClass": "db.r6g.large", "Vpc": True}
    with stubbed("rds") as rds:
        rds.add_response(
            "describe_orderable_db_instance_options", {"OrderableDBInstanceOptions": options}, asked
        )
        found = AwsOffers().database_zones("us-east-1", "db.r6g.large", multi_az=multi_az)
    assert found == {f"us-east-1{letter}" for letter in zones}


def test_machines_are_offered_in_some_zones(stubbed):
    """All pages of them."""
    offered = [{"InstanceType": "t3.nano", "Location": f"us-east-1{letter}"} for letter in "ab"]
    asked = {
        "LocationType": "availability-zone",
        "Filters": [{"Name": "instance-type", "Values": ["t3.nano"]}],
    }
    with stubbed("ec2") as ec2:
        ec2.add_response(
            "describe_instance_type_offerings",
            {"InstanceTypeOfferings": offered[:1], "NextToken": "more"},
            asked,
        )
        ec2.add_response(
            "describe_instance_type_offerings",
            {"InstanceTypeOfferings": offered[1:]},
            {**asked, "NextToken": "more"},
        )
        assert AwsOffers().instance_zones("us-east-1", "t3.nano") == {"us-east-1a", "us-east-1b"}


def test_a_use_form_was_sent_in_or_not(stubbed):
    """Bedrock knows none of an account that never wrote one; any other refusal is an error."""
    with stubbed("bedrock") as bedrock:
        bedrock.add_response("get_use_case_for_model_access", {"formData": b"{}"}, {})
        assert AwsOffers().has_use_form("us-east-1")
        bedrock.add_client_error("get_use_case_for_model_access", "ResourceNotFoundException")
        assert not AwsOffers().has_use_form("us-east-1")
        bedrock.add_client_error("get_use_case_for_model_access", "ThrottlingException")
        with pytest.raises(ClientError, match="Throttling"):
            AwsOffers().has_use_form("us-east-1")


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


def test_what_is_used_of_a_quota_is_counted(stubbed):
    """NAT gateways in the fullest of the zones that are asked about, balancers of our kind only."""
    gateways = [{"NatGatewayId": f"nat-{number}", "SubnetId": subnet} for number, subnet in enumerate("112")]
    zones = {"1": "us-east-1a", "2": "us-east-1b"}
    subnets = [{"SubnetId": subnet, "AvailabilityZone": zone} for subnet, zone in zones.items()]
    with stubbed("ec2") as ec2, stubbed("elbv2") as elbv2, stubbed("rds") as rds:
        ec2.add_response("describe_nat_gateways", {"NatGateways": gateways})
        ec2.add_response("describe_subnets", {"Subnets": subnets}, {"SubnetIds": ["1", "2"]})
        ec2.add_response("describe_addresses", {"Addresses": [{}, {}]})
        balancers = [{"Type": "application"}, {"Type": "network"}]
        elbv2.add_response("describe_load_balancers", {"LoadBalancers": balancers})
        rds.add_response("describe_db_instances", {"DBInstances": [{}, {}, {}]})
        used = ServiceQuotas().used("us-east-1", ["us-east-1a", "us-east-1b", "us-east-1c"])
    assert used == {ADDRESSES: 2, NAT_GATEWAYS: 2, BALANCERS: 1, DATABASES: 3}


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
    """Classes and machines in the zones that there are, models that an SDK can read of, a use form."""
    rds, ec2, bedrock = (
        cloud.client("rds", "us-west-1"),
        cloud.client("ec2", "us-west-1"),
        cloud.client("bedrock"),
    )

    def told():
        answer = rds.describe_orderable_db_instance_options(Engine="postgres", DBInstanceClass="db.t4g.micro")
        options = answer["OrderableDBInstanceOptions"]
        zones = [zone["Name"] for option in options for zone in option["AvailabilityZones"]]
        model = bedrock.get_foundation_model_availability(modelId=MODEL)
        machines = ec2.describe_instance_type_offerings(
            LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["t3.nano"]}]
        )
        locations = [offer["Location"] for offer in machines["InstanceTypeOfferings"]]
        return zones, locations, model["agreementAvailability"]["status"]

    there = ["us-west-1a", "us-west-1c"]
    assert told() == (there, there, "AVAILABLE")
    assert bedrock.get_use_case_for_model_access()["formData"]
    try:
        for name in ("db.t4g.micro", "t3.nano", MODEL, "use form"):
            _call(cloud, "POST", {"name": name})
        assert told() == ([], [], "NOT_AVAILABLE")
        with pytest.raises(ClientError, match="ResourceNotFound"):
            bedrock.get_use_case_for_model_access()
    finally:
        _call(cloud, "DELETE", {})
    assert told()[2] == "AVAILABLE"


def _call(cloud, method, body, what="offers"):
    asked = Request(f"{cloud.twin}/{what}", json.dumps(body).encode(), method=method)  # noqa: S310 - our own
    urlopen(asked, timeout=10).close()  # noqa: S310
