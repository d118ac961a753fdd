"""What cannot be had is refused before anything is made, with the way out, and can be asked for again."""

import json
from urllib.request import Request, urlopen

import pytest

from stargate.domain.quotas import ADDRESSES
from tests.e2e.patience import follow, settled

pytestmark = pytest.mark.cloud

MODEL = "anthropic.claude-opus-4-5-20251101-v1:0"
CLOSED = {"name": "closed", "preset": "sandbox", "overrides": {"network": {"cidr": "10.77.0.0/16"}}}


@pytest.fixture
def withdrawn(cloud):
    """A database class, a model and an address that this account cannot have, until the test is over."""
    _set(cloud, "offers", "POST", {"name": "db.r6g.large"})
    _set(cloud, "offers", "POST", {"name": MODEL})
    _set(cloud, "quotas", "POST", {"code": ADDRESSES.code, "value": 0})
    yield
    _set(cloud, "offers", "DELETE", {})
    _set(cloud, "quotas", "DELETE", {})


def _set(cloud, what, method, body):
    asked = Request(f"{cloud.twin}/{what}", json.dumps(body).encode(), method=method)  # noqa: S310 - our own
    urlopen(asked, timeout=10).close()  # noqa: S310


@pytest.mark.usefixtures("withdrawn")
def test_an_environment_that_could_not_work_is_not_begun(api, witness):
    """Class, model and quota are named at once, and no stack was asked for."""
    assert api.post("/environments", CLOSED).status == 202
    refused = follow(api, "closed", settled)[-1]
    assert refused["status"] == "FAILED"
    reason = refused["failure"]["reason"]
    assert "us-east-1 offers no PostgreSQL on db.r6g.large in two zones" in reason
    assert f"{MODEL} is not open to this account in us-east-1 (agreement NOT_AVAILABLE)" in reason
    assert "EC2-VPC Elastic IPs: 1 needed" in reason
    assert witness.stacks("closed") == {}
    assert api.delete("/environments/closed").status == 202
    assert follow(api, "closed", settled)[-1]["status"] == "RETIRED"
