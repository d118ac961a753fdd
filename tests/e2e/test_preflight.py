"""What cannot be had is refused before anything is made, with the way out, and can be asked for again."""

import json
from urllib.request import Request, urlopen

import boto3
import pytest

from stargate.domain.provisioning.quotas import ADDRESSES
from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled

pytestmark = pytest.mark.cloud

MODEL = "anthropic.claude-opus-4-5-20251101-v1:0"
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555"
CLOSED = {
    "name": "closed",
    "preset": "sandbox",
    "overrides": {
        "network": {"cidr": "10.77.0.0/16"},
        "edge": {"domain": "gateway.example.com", "certificate": CERTIFICATE},
    },
}
LEFT = "stargate-closed/litellm-salt-key"


@pytest.fixture
def withdrawn(cloud):
    """A class, a model, a form, a right, an address and a secret's name that cannot be had, for the test."""
    _set(cloud, "offers", "POST", {"name": "db.r6g.large"})
    _set(cloud, "offers", "POST", {"name": MODEL})
    _set(cloud, "offers", "POST", {"name": "use form"})
    _set(cloud, "organization", "POST", {"actions": ["wafv2:CreateWebACL"]})
    _set(cloud, "quotas", "POST", {"code": ADDRESSES.code, "value": 0})
    secrets = boto3.client(
        "secretsmanager",
        endpoint_url=cloud.endpoint,
        region_name="us-east-1",
        aws_access_key_id=cloud.access_key_id,
        aws_secret_access_key=cloud.secret_access_key,
    )
    secrets.create_secret(Name=LEFT, SecretString="of an environment long gone")
    secrets.delete_secret(SecretId=LEFT, RecoveryWindowInDays=7)
    yield
    secrets.delete_secret(SecretId=LEFT, ForceDeleteWithoutRecovery=True)
    _set(cloud, "offers", "DELETE", {})
    _set(cloud, "organization", "DELETE", {})
    _set(cloud, "quotas", "DELETE", {})


def _set(cloud, what, method, body):
    asked = Request(f"{cloud.twin}/{what}", json.dumps(body).encode(), method=method)  # noqa: S310 - our own
    urlopen(asked, timeout=10).close()  # noqa: S310


@pytest.mark.usefixtures("withdrawn")
def test_an_environment_that_could_not_work_is_not_begun(api, witness):
    """Class, model, form, right, quota, name and certificate are told at once, and no stack was asked for."""
    assert api.post("/environments", CLOSED).status == 202
    refused = follow(api, "closed", settled)[-1]
    assert refused["status"] == "FAILED"
    reason = refused["failure"]["reason"]
    assert "us-east-1 offers no PostgreSQL on db.r6g.large in two zones" in reason
    assert f"{MODEL} is not open to this account in us-east-1 (agreement NOT_AVAILABLE)" in reason
    assert "has not sent in Anthropic's use form" in reason
    assert (
        "may not wafv2:CreateWebACL in us-east-1: a policy of the account's organization denies it" in reason
    )
    assert "EC2-VPC Elastic IPs: 1 needed" in reason
    assert f"the secret {LEFT} in us-east-1 is within its deletion window" in reason
    assert f"{CERTIFICATE} is no certificate of this account" in reason
    assert witness.stacks("closed") == {}
    assert let_go(api, "closed").status == 202
    assert follow(api, "closed", settled)[-1]["status"] == "RETIRED"


def test_what_an_owner_forgot_is_told_beside_a_plan(api, cloud):
    """Nobody has subscribed to the operators' topic, and nobody has activated the tags for the bill."""
    _set(cloud, "bill", "POST", {"tags_are_active": False})
    try:
        plan = api.post("/environments/planned/plan", {"preset": "sandbox"}).document
    finally:
        _set(cloud, "bill", "POST", {"tags_are_active": True})
    told = "; ".join(plan["warnings"])
    assert "nobody hears of alarms" in told
    assert "cost allocation" in told
    assert {repair["part"] for repair in plan["repairs"]} >= {"waf", "storage", "network.nat=one"}
