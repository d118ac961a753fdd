"""What cannot be had is refused before anything is made, with the way out, and can be asked for again."""

import json
from urllib.request import Request, urlopen

import pytest

from tests.e2e.patience import follow, settled

pytestmark = pytest.mark.cloud

MODEL = "anthropic.claude-opus-4-5-20251101-v1:0"
CLOSED = {"name": "closed", "preset": "sandbox", "overrides": {"network": {"cidr": "10.77.0.0/16"}}}


@pytest.fixture
def withdrawn(cloud):
    """A database class and a model that this account cannot have, until the test is over."""
    _offers(cloud, "POST", {"name": "db.r6g.large"})
    _offers(cloud, "POST", {"name": MODEL})
    yield
    _offers(cloud, "DELETE", {})


def _offers(cloud, method, body):
    asked = Request(f"{cloud.twin}/offers", json.dumps(body).encode(), method=method)  # noqa: S310 - our own
    urlopen(asked, timeout=10).close()  # noqa: S310


@pytest.mark.usefixtures("withdrawn")
def test_an_environment_that_could_not_work_is_not_begun(api, witness):
    """Class and model are named at once, and no stack was asked for."""
    assert api.post("/environments", CLOSED).status == 202
    refused = follow(api, "closed", settled)[-1]
    assert refused["status"] == "FAILED"
    reason = refused["failure"]["reason"]
    assert "us-east-1 offers no PostgreSQL on db.r6g.large in two zones" in reason
    assert f"{MODEL} is not open to this account in us-east-1 (agreement NOT_AVAILABLE)" in reason
    assert witness.stacks("closed") == {}
    assert api.delete("/environments/closed").status == 202
    assert follow(api, "closed", settled)[-1]["status"] == "RETIRED"
