"""The observer runs inside an environment's VPC: asked by its verbs while all is well, and when it is not."""

import json
import urllib.request

import pytest

from stargate.domain.gateway.observer import ASKED
from tests.e2e.patience import wait_until
from tests.e2e.standing import standing

pytestmark = pytest.mark.cloud

WATCHED = {"name": "watched", "preset": "sandbox", "overrides": {"network": {"cidr": "10.81.0.0/16"}}}


def ask(cloud, verb):
    answer = cloud.client("lambda").invoke(
        FunctionName="stargate-watched-observer", Payload=json.dumps({"verb": verb}).encode()
    )
    return json.loads(answer["Payload"].read())


def wedging(cloud):
    body = json.dumps({"environment": "watched", "seconds": 30, "wedges": True}).encode()
    order = urllib.request.Request(f"{cloud.twin}/failover", body, method="POST")  # noqa: S310
    with urllib.request.urlopen(order, timeout=10):  # noqa: S310
        return


@pytest.fixture(scope="module")
def record(api, cloud):
    told = {}
    with standing(api, WATCHED):
        told["checks"] = api.get("/environments/watched").document["checks"]
        told["well"] = {verb: ask(cloud, verb) for verb in ASKED}
        told["unknown"] = ask(cloud, "run_sql")
        wedging(cloud)
        cloud.client("rds").reboot_db_instance(DBInstanceIdentifier="stargate-watched", ForceFailover=True)
        wait_until(lambda: ask(cloud, "langfuse_ingestion")["ok"], "the database is back")
        wait_until(lambda: "401" in ask(cloud, "virtual_key")["reason"], "LiteLLM has connected again")
        told["wedged"] = {verb: ask(cloud, verb) for verb in ASKED}
    return told


def test_what_was_measured_inside_is_among_the_checks_of_ready(record):
    """With its numbers, and no credential in them."""
    inside = {check["name"]: check for check in record["checks"] if check["name"].startswith("inside ")}
    assert inside["inside virtual key"]["measured"] == "tasks 2, serving 2, answers 200 200, refusing none"
    assert inside["inside grafana login"]["measured"] == "tasks 2, logged in 2, answers 200 200"
    assert inside["inside langfuse ingestion"]["measured"] == "written 207, read 200"
    assert inside["inside metrics arriving"]["measured"].startswith(
        "up grafana=2 litellm=2 victoria-metrics=1"
    )


def test_each_verb_answers_when_all_is_well(record):
    """The function itself, with its own role, in the VPC's names and addresses."""
    assert {verb: answer["reason"] for verb, answer in record["well"].items()} == dict.fromkeys(ASKED, "")


def test_a_verb_that_is_not_on_the_list_is_refused(record):
    """By the error's name."""
    assert record["unknown"]["errorType"] == "UnknownVerbError"


def test_a_wedged_litellm_is_found_though_everything_else_is_well(record):
    """After a failover of the database: traces are taken again, logins work, and every key is refused."""
    reasons = {verb: answer["reason"] for verb, answer in record["wedged"].items()}
    assert reasons == {**dict.fromkeys(ASKED, ""), "virtual_key": "no task makes a key: 401, 401"}
