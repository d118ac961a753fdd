"""A running gateway in mode advise: what is granted is done, what is refused or answered by nobody is not.

`asked` is created once. Three secrets have new values, so who reads them is to be deployed anew, and
alice is asked about each.
"""

import json
import re
import uuid
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from local.demo.connection import Connection
from local.demo.record import Record
from local.demo.running import Running
from tests.e2e.inbox import subscribed
from tests.e2e.patience import wait_until
from tests.e2e.standing import standing

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]  # the first test waits for the gateway

ASKED = {
    "name": "asked",
    "preset": "sandbox",
    "mode": "advise",
    "overrides": {"network": {"cidr": "10.46.0.0/16"}},
}
SECRETS = ("litellm-database", "grafana-database", "langfuse-database")
GRANTED, REFUSED, EXPIRED = SECRETS
LINK = re.compile(r"Your own link: https://[^/]+/v1(/links/\S+)")


@pytest.fixture(scope="module")
def environment(api):
    """A gateway that is READY, for which alice may answer; deleted when all was told."""
    with standing(api, ASKED) as document:
        assert api.patch("/environments/asked", {"approvers": ["alice"]}).status == 200
        yield document


@pytest.fixture(scope="module")
def record(api, witness, environment):
    """What the control plane wrote down of it."""
    return Record(api, witness, environment)


@pytest.fixture(scope="module")
def inbox(cloud):
    """Alice's: she has subscribed by her name."""
    with subscribed(cloud, "alice", "ApproversTopicArn", approver=["alice"]) as box:
        yield lambda: [one["Message"] for one in box()]


@pytest.fixture(scope="module")
def messages(cloud, environment, record, inbox):
    """What alice was sent when the three secrets had new values, by their names."""
    now = Running(Connection(**asdict(cloud)), environment["name"]).now()
    for secret in SECRETS:
        rotated(cloud, f"stargate-asked/{secret}", now)
    found = {}

    def told():
        texts = inbox()
        found.update(
            {secret: text for text in texts for secret in SECRETS if f"of {secret}" in text or secret in text}
        )
        return set(found) == set(SECRETS)

    wait_until(told, "alice was asked about each")
    return found


def rotated(cloud, secret, at):
    """As Secrets Manager tells of it by CloudTrail."""
    event = {
        "id": str(uuid.uuid4()),
        "source": "aws.secretsmanager",
        "detail-type": "AWS Service Event via CloudTrail",
        "time": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z"),
        "region": cloud.region,
        "resources": [],
        "detail": {
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": "RotationSucceeded",
            "eventType": "AwsServiceEvent",
            "additionalEventData": {
                "SecretId": f"arn:aws:secretsmanager:{cloud.region}:000000000000:secret:{secret}-AbCdEf"
            },
        },
    }
    receive = cloud.client("lambda").invoke(FunctionName="stargate-receive-signal", Payload=json.dumps(event))
    assert "FunctionError" not in receive


def approval(record, secret):
    """The newest entry about its approval."""
    entries = [one for one in record.ledger() if (one["kind"], one["subject"]) == ("approval", secret)]
    return entries[-1] if entries else {"detail": {"status": None}}


def done(record, secret):
    return [one for one in record.ledger() if (one["kind"], one["subject"]) == ("action", secret)]


def test_what_is_granted_by_a_link_is_done_at_once(messages, stranger, record):
    """To look at the link does nothing, the form does, and the same form again is refused."""
    (link,) = LINK.findall(messages[GRANTED])
    assert [stranger.get(link).document["status"] for _ in range(2)] == ["PENDING", "PENDING"]
    assert done(record, GRANTED) == []
    answer = stranger.post(link, {"answer": "grant", "reason": "it has to be"})
    assert (answer.status, answer.document["answered_by"]) == (200, "alice")
    again = stranger.post(link, {"answer": "refuse", "reason": "no"})
    assert (again.status, again.document["type"]) == (409, "urn:stargate:problem:approval-over")
    wait_until(
        lambda: record.last("verification", "redeploy_readers") is not None, "it was done and verified"
    )
    assert record.last("verification", "redeploy_readers")["detail"]["outcome"] == "reached"
    (action,) = done(record, GRANTED)
    ledger = {one["id"]: one for one in record.ledger()}
    decision = ledger[action["cause"]]
    assert ledger[decision["cause"]]["actor"] == "alice"


def test_what_is_refused_is_not_done(api, messages, record):
    """The operator is none of its approvers, alice is."""
    (name,) = (one["id"] for one in api.get("/approvals").document["approvals"] if one["subject"] == REFUSED)
    refused = api.post(f"/approvals/{name}", {"answer": "refuse", "reason": "at noon"})
    assert (refused.status, refused.document["type"]) == (403, "urn:stargate:problem:not-approver")
    assert api.patch("/environments/asked", {"approvers": []}).status == 200
    refused = api.post(f"/approvals/{name}", {"answer": "refuse", "reason": "at noon"})
    assert (refused.status, refused.document["status"]) == (200, "REFUSED")
    assert api.post(f"/approvals/{name}", {"answer": "grant"}).status == 409
    assert approval(record, REFUSED)["detail"]["reason"] == "at noon"


def test_what_one_asks_for_another_has_to_grant(api, stranger, inbox, record, environment):
    """By hand, the same way: the one who asked cannot, whoever is sent the link can."""
    assert api.patch("/environments/asked", {"approvers": ["alice", "operator"]}).status == 200
    wish = {"action": "restart_service", "subject": "grafana", "reason": "its dashboards are stale"}
    asked = api.post("/environments/asked/actions", wish)
    assert (asked.status, asked.document["decision"]["guard"]) == (202, "approval")
    again = api.post("/environments/asked/actions", wish)
    assert (again.status, again.document["type"]) == (409, "urn:stargate:problem:action-asked")
    own = api.post(f"/approvals/{asked.document['approval']}", {"answer": "grant"})
    assert (own.status, own.document["type"]) == (403, "urn:stargate:problem:not-approver")
    links = []
    wait_until(
        lambda: (
            links.extend(one for text in inbox() if "restart grafana" in text for one in LINK.findall(text))
            or links
        ),
        "alice was sent a link",
    )
    assert stranger.post(links[-1], {"answer": "grant"}).status == 200
    wait_until(lambda: record.last("verification", "restart_service") is not None, "it was done and verified")
    assert record.last("verification", "restart_service")["detail"]["outcome"] == "reached"
    (done,) = (
        one
        for one in api.get("/environments/asked/actions").document["actions"]
        if one["action"] == "restart_service"
    )
    assert (done["status"], done["rule"]) == ("REACHED", "asked for")


def test_what_was_done_is_an_incident_with_its_timeline(api, messages, record):
    """Something was done about the rotated secret; after ten minutes of calm it is told what came of it."""
    path = "/environments/asked/incidents"

    def ended():
        return [one for one in api.get(path).document["incidents"] if one["status"] == "ended"]

    wait_until(lambda: any(GRANTED in json.dumps(one) for one in ended()), "the incident has ended")
    whole = [api.get(f"{path}/{one['id']}").document for one in ended()]
    (shown,) = [one for one in whole if one["cause"] == f"secret-rotated#{GRANTED}"]
    assert [one["action"] for one in shown["summary"]["actions"]] == ["redeploy_readers"]
    assert shown["summary"]["seconds"]["to_act"] <= shown["summary"]["seconds"]["to_recover"]
    kinds = [one["kind"] for one in shown["timeline"]]
    assert (kinds[-1], {"decision", "action", "verification"} <= set(kinds)) == ("incident", True)


def test_what_nobody_answers_is_not_done(messages, stranger, record):
    """After an hour it is told, and the link is good for nothing."""
    wait_until(lambda: approval(record, EXPIRED)["detail"]["status"] == "EXPIRED", "nobody answered")
    (link,) = LINK.findall(messages[EXPIRED])
    late = stranger.post(link, {"answer": "grant"})
    assert late.status in {403, 409}
    assert "nobody answered until" in late.document["detail"]
    assert [done(record, secret) for secret in (REFUSED, EXPIRED)] == [[], []]


def test_no_link_is_anywhere_but_in_its_message(cloud, messages, record):
    """Not in the table, not in a log, not in an input or output of a workflow."""
    secrets = [LINK.findall(text)[0].rpartition(".")[2] for text in messages.values()]
    rows = cloud.client("dynamodb").scan(TableName=cloud.output("TableName"))["Items"]
    kept = json.dumps(rows, default=str)
    logs = cloud.client("logs")
    written = json.dumps(
        [
            logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
            for group in logs.describe_log_groups()["logGroups"]
        ]
    )
    assert [secret for secret in secrets if secret in kept or secret in written] == []
