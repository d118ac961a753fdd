"""The loop on one running gateway, from an alarm to a verified effect, and what must not set it going.

`loop` is created once. The tests follow one another as its day does: users come, copies of the event come,
actions are switched off and on, the mode changes; at last somebody is paged. What each leaves behind it
takes back.
"""

import hashlib
import hmac
import json
import uuid
from dataclasses import asdict, dataclass, field

import pytest

from local.demo.chain import chain_to
from local.demo.connection import Connection
from local.demo.outer_loop import stilled
from local.demo.record import Record
from local.demo.running import DECLARED, SERVICE, Running
from stargate.domain.moments import spoken
from tests.e2e.inbox import subscribed
from tests.e2e.patience import wait_until
from tests.e2e.standing import standing
from tests.unit.signals.senders import alertmanager, budget, grafana

pytestmark = pytest.mark.cloud

LOOP = {"name": "loop", "preset": "sandbox", "overrides": {"network": {"cidr": "10.40.0.0/16"}}}
CPU, CRASH = "cpu-high", "task-stopped"
ALERTS = ("CanaryFails", "CanarySlow")
CHAIN = ["signal", "decision", "action", "verification"]


@pytest.fixture(scope="module")
def environment(api):
    """A gateway that is READY; deleted when all was told."""
    with standing(api, LOOP) as document:
        yield document


@pytest.fixture(scope="module")
def running(cloud, environment):
    """The gateway as AWS's services and the twin see it."""
    return Running(Connection(**asdict(cloud)), environment["name"])


@pytest.fixture(scope="module")
def record(api, witness, environment):
    """What the control plane wrote down of it."""
    return Record(api, witness, environment)


@pytest.fixture(scope="module")
def unsteered(cloud, running):
    """The outer loop is still, and its bounds are given back: a jump of users is the alarm's to answer."""
    with stilled(cloud.client("lambda")):
        still_on_the_way = running.now() + 120
        wait_until(lambda: running.now() > still_on_the_way, "the last looks have come")
        wait_until(lambda: running.bounds() == DECLARED, "the declared bounds are back")
        yield


@pytest.fixture(scope="module")
def raised(unsteered, running, record):
    """The chain of causes behind the bound that 120 users needed, once its effect is verified."""
    running.set_users(120)
    wait_until(lambda: record.last("verification", "raise_bound") is not None, "the raised bound is verified")
    return chain_to(record.last("verification", "raise_bound"), record.ledger())


def test_an_alarm_leads_to_a_verified_effect(raised, running):
    """From the event on the bus each entry of the ledger names the one before it as its cause."""
    event = running.event(raised.root)
    assert event["detail"]["alarmName"] == "stargate-loop-litellm-cpu-critical"
    assert raised.kinds == CHAIN
    assert raised.entries[-1]["detail"]["outcome"] == "reached"
    # The outer loop looks each minute and may have gone further since; it never takes back what is needed.
    assert running.bounds().minimum >= raised.entries[1]["detail"]["target"]["minimum"]


def test_copies_of_an_event_change_nothing(raised, running, record):
    """The same event, a copy under another id and a late one lead to no decision and no workflow."""
    before = (record.remedies(), record.count("decision", "raise_bound"))
    repeated = running.taken().count("repeated")
    running.redeliver(raised.root)
    copies = {
        running.redeliver(raised.root, new_id=True)["id"],
        running.redeliver(raised.root, new_id=True, at=running.now() - 3600)["id"],
    }
    wait_until(lambda: running.taken().count("repeated") > repeated, "the copy was taken")
    wait_until(lambda: copies <= {entry["cause"] for entry in record.ledger()}, "both are in the ledger")
    entries = {entry["id"] for entry in record.ledger() if entry["cause"] in copies}
    assert [entry for entry in record.ledger() if entry["cause"] in entries] == []
    assert (record.remedies(), record.count("decision", "raise_bound")) == before


def test_one_crash_is_left_to_ecs(raised, running, record):
    """A task that dies is replaced by ECS; the ledger says that nothing else is needed."""
    remedies, victim = record.remedies(), running.truth().serving[0]
    running.crash_task(victim)
    decided = lambda: [  # noqa: E731 - asked again and again
        entry
        for entry in record.ledger()
        if entry["kind"] == "decision" and entry["detail"].get("condition") == f"{CRASH}#{SERVICE}"
    ]
    wait_until(lambda: bool(decided()), "the crash was decided on")
    assert decided()[0]["summary"] == "no action: ECS replaces a stopped task by itself"
    wait_until(lambda: len(running.truth().serving) == running.truth().desired, "ECS has replaced it")
    assert record.remedies() == remedies


def test_the_switch_holds_and_the_tick_takes_up(api, raised, running, record):
    """With the kill switch off a decision is held by it; once it is on, the minute's examination acts."""
    assert api.put("/switch", {"actions": "off", "reason": "a test"}).status == 200
    try:
        for _ in range(5):
            if record.condition(CRASH, SERVICE).get("decision", {}).get("guard") == "switch":
                break
            stops = record.condition(CRASH, SERVICE).get("stops", 0)
            wait_until(lambda: len(running.truth().serving) > 0, "a task serves")
            running.crash_task()
            wait_until(
                lambda stops=stops: record.condition(CRASH, SERVICE).get("stops", 0) > stops,
                "the crash was noticed",
            )
        wait_until(
            lambda: (record.condition(CRASH, SERVICE).get("decision") or {}).get("guard") == "switch",
            "the restart is held by the switch",
        )
        assert record.count("action", "restart_service") == 0
    finally:
        assert api.put("/switch", {"actions": "on", "reason": "the test is over"}).status == 200
    wait_until(
        lambda: record.last("verification", "restart_service") is not None, "the held action was taken"
    )
    assert record.last("verification", "restart_service")["detail"]["outcome"] == "reached"


def test_events_of_others_lead_to_nothing(cloud, running, record):
    """Alarms of others and events of a shape that nobody knows are ignored: no action follows."""
    ignored, events = running.taken().count("ignored"), []
    foreign = {"alarmName": "stargate-nobody-litellm-cpu-critical", "state": {"value": "ALARM"}}
    for detail in (foreign, {**foreign, "alarmName": "stargate-loop-litellm-cpu-critical", "state": "ALARM"}):
        events.append(str(uuid.uuid4()))
        receive = cloud.client("lambda").invoke(
            FunctionName="stargate-receive-signal",
            Payload=json.dumps(
                {
                    "id": events[-1],
                    "source": "aws.cloudwatch",
                    "detail-type": "CloudWatch Alarm State Change",
                    "time": "2026-01-01T00:00:00Z",
                    "region": cloud.region,
                    "resources": [],
                    "detail": detail,
                }
            ),
        )
        assert "FunctionError" not in receive
    wait_until(lambda: running.taken().count("ignored") >= ignored + 2, "both were ignored")
    assert {entry["kind"] for entry in record.ledger() if entry["cause"] in events} <= {"note"}


def test_what_budgets_tell_by_sns_is_decided_by_the_environments_own_playbook(api, cloud, raised, record):
    """A rule is put in force, the plain text that AWS Budgets writes is published, and the rule decides."""
    shown = api.get("/environments/loop/playbook").document
    ours = {"rule": "our-budget", "while": "budget-passed", "severity": "warning", "why": "we know of it"}
    put = api.put(
        "/environments/loop/playbook", {"version": shown["version"], "rules": [ours, *shown["rules"]]}
    )
    assert put.status == 200, put.text
    try:
        topic = cloud.output("SignalsTopicArn")
        cloud.client("sns").publish(TopicArn=topic, Message=budget(name="stargate-loop"))
        told = lambda: record.condition("budget-passed", "cost").get("decision") or {}  # noqa: E731
        wait_until(lambda: told().get("reason") == "we know of it", "the budget was decided on")
        (entry,) = (one for one in record.ledger() if one["id"] == told()["entry"])
        version = f"version {put.document['version']}"
        assert (entry["detail"]["rule"], entry["detail"]["playbook"]) == ("our-budget", version)
        (signal,) = (one for one in record.ledger() if one["id"] == entry["cause"])
        assert (signal["detail"]["kind"], signal["detail"]["facts"]["amount"]) == ("budget-passed", "$420.55")
    finally:
        back = {"version": put.document["version"], "follows": "default"}
        assert api.put("/environments/loop/playbook", back).status == 200


def test_an_event_is_explained_by_the_environments_state_and_nothing_is_touched(api, cloud, running, record):
    """With every fact that its rule asks for, and no right to do anything about it."""
    pages = record.count("action", "page")
    event = {
        "id": str(uuid.uuid4()),
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "time": "2026-01-01T00:00:00Z",
        "region": cloud.region,
        "resources": [],
        "detail": {"alarmName": "stargate-loop-litellm-errors-critical", "state": {"value": "ALARM"}},
    }
    answer = api.post("/environments/loop/explain", event)
    assert answer.status == 200, answer.text
    (explained,) = answer.document["explained"]
    whys = {rule["rule"]: rule["why"] for rule in explained["decision"]["rules"]}
    assert explained["decision"]["action"] == "page"
    assert whys["errors-of-a-release"] == "release rolling out: no"
    assert "the state of loop" in explained["decision"]["by"]
    assert record.condition("errors-high", "litellm") == {}
    assert [entry for entry in record.ledger() if entry["cause"] == event["id"]] == []
    assert record.count("action", "page") == pages


def test_an_alert_posted_to_a_hook_opens_a_condition_and_its_end_closes_it(api, cloud, stranger, record):
    """As Grafana signs by the hook's secret; again it changes nothing, wrongly signed it is refused."""
    hook = api.post("/hooks", {"environment": "loop", "note": "Grafana"}).document
    kept = cloud.client("secretsmanager").get_secret_value(SecretId=hook["secret"]["name"])["SecretString"]
    told = lambda: record.condition("alert", "TargetDown")  # noqa: E731 - asked again and again
    try:
        since = record.ledger()[-1]["at"]  # the control plane's own clock
        firing, resolved = posted("firing", since), posted("resolved", since)
        assert post_to(stranger, hook, firing, kept).status == 202
        wait_until(lambda: told().get("status") == "open", "the alert opens its condition")
        assert [post_to(stranger, hook, firing, kept).status for _ in range(3)] == [202] * 3
        assert post_to(stranger, hook, resolved, "not-the-secret-of-this-hook").status == 401
        assert post_to(stranger, hook, resolved, kept).status == 202
        wait_until(lambda: told().get("status") == "closed", "its end closes it")
        signals = [entry for entry in record.ledger() if entry["detail"].get("kind") == "alert"]
        assert [entry["detail"]["change"] for entry in signals] == ["opened", "closed"]
        assert kept not in json.dumps([hook, record.ledger(), api.get("/hooks").document])
    finally:
        assert api.delete(f"/hooks/{hook['id']}").status == 200
    assert post_to(stranger, hook, firing, kept).status == 401


def posted(status, since):
    """As Grafana 12 sends it; what is over ends with its delivery where its own end is not told."""
    sent = grafana(status)
    sent["alerts"][0] |= {"startsAt": since, "endsAt": "0001-01-01T00:00:00Z"}
    sent["alerts"][0]["labels"]["severity"] = "warning"
    return json.dumps(sent)


def post_to(caller, hook, body, secret):
    signature = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    return caller.send("POST", hook["path"], body=body, headers={"X-Grafana-Alerting-Signature": signature})


@pytest.mark.parametrize(
    "call",
    [
        lambda caller: caller.get("/environments/loop/conditions"),
        lambda caller: caller.post("/environments/loop/explain", {"detail-type": "x", "source": "y"}),
        lambda caller: caller.put("/environments/loop/playbook", {"version": 0, "follows": "default"}),
        lambda caller: caller.patch("/environments/loop", {"mode": "observe"}),
        lambda caller: caller.put("/switch", {"actions": "off", "reason": "none"}),
        lambda caller: caller.get("/approvals"),
        lambda caller: caller.post("/approvals/x", {"answer": "grant"}),
    ],
    ids=["conditions", "explain", "playbook", "mode", "switch", "approvals", "answer"],
)
def test_strangers_are_refused(environment, stranger, forger, call):
    """Nobody without a good signature reads conditions, changes a mode or turns the switch."""
    assert [call(caller).status for caller in (stranger, forger)] == [403, 403]


def test_a_link_asks_for_no_signature_and_a_guess_finds_nothing(stranger):
    """The address is the secret; whoever has none is told nothing."""
    assert stranger.get("/links/guess").status == 404
    answer = stranger.post("/links/guess", {"answer": "grant"})
    assert (answer.status, answer.document["type"]) == (404, "urn:stargate:problem:unknown-approval")


def test_the_web_acl_blocks_who_asks_too_often(api, environment, record):
    """The rate limit is tried when asked for; what was found stands among the checks and in the ledger."""
    tried = lambda: [  # noqa: E731 - asked again and again
        check for check in api.get("/environments/loop").document["checks"] if check["name"] == "rate limit"
    ]
    assert tried() == []
    assert api.post("/environments/loop/checks", {"check": "rate limit"}).status == 202
    wait_until(lambda: bool(tried()), "the rate limit was tried")
    assert tried()[0]["ok"], tried()
    asked, found = [entry for entry in record.ledger() if entry["summary"].startswith("rate limit")]
    assert (asked["kind"], found["kind"], found["cause"]) == ("note", "verification", asked["id"])


@dataclass
class Incident:
    """One group of alerts, from its page to its end: as SNS delivered it to a program, and in every form."""

    secret: str = ""
    delivered: list = field(default_factory=list)
    messages: list = field(default_factory=list)
    shown: dict = field(default_factory=dict)

    def read(self, inbox, connection):
        """What came since, of these alerts alone."""
        self.delivered += [one for one in inbox() if "Canary" in one["Subject"]]
        threads = {json.loads(one["Message"])["thread"] for one in self.delivered}
        told = connection.control("GET", "/messages")["messages"]
        self.messages = [one for one in told if one["attributes"].get("thread") in threads]
        return [one["attributes"]["news"] for one in self.messages]


@pytest.fixture(scope="module")
def inbox(cloud):
    """Of whoever is on call for this environment alone."""
    with subscribed(cloud, "on-call", "OperatorsTopicArn", environment=["loop"]) as box:
        yield box


@pytest.fixture(scope="module")
def incident(api, cloud, stranger, record, inbox):
    """Alertmanager tells of two alerts as one group, says so again and again, and then that they are over."""
    told, connection = Incident(), Connection(**asdict(cloud))
    hook = api.post("/hooks", {"environment": "loop", "note": "Alertmanager"}).document
    told.secret = cloud.client("secretsmanager").get_secret_value(SecretId=hook["secret"]["name"])[
        "SecretString"
    ]
    shown = {"Authorization": f"Bearer {told.secret}"}
    since = record.ledger()[-1]["at"]

    def post(status):
        sent = alertmanager(status)
        sent["alerts"] = [
            {
                **alertmanager(status, alertname=name)["alerts"][0],
                "fingerprint": name,
                "startsAt": since,
                "endsAt": "0001-01-01T00:00:00Z",
            }
            for name in ALERTS
        ]
        assert stranger.send("POST", hook["path"], body=json.dumps(sent), headers=shown).status == 202

    paged = lambda: record.last("verification", "page")  # noqa: E731 - asked again and again
    post("firing")
    wait_until(lambda: told.read(inbox, connection) == ["page"], "somebody is paged")
    post("firing")
    wait_until(lambda: (paged() or {}).get("subject") == "CanaryFails", "the page is known to have come")
    post("firing")
    post("resolved")
    wait_until(lambda: len(told.read(inbox, connection)) > 1, "the incident is over")
    (told.shown,) = (
        api.get(f"/environments/loop/incidents/{one['id']}").document
        for one in api.get("/environments/loop/incidents").document["incidents"]
        if one["cause"] == "alert#CanaryFails"
    )
    return told


def test_an_incident_is_one_thread_from_its_page_to_its_end(incident):
    """For programs by a key, for mail programs by the subject; and nobody is told anything twice."""
    assert [one["attributes"]["news"] for one in incident.messages] == ["page", "incident-over"]
    assert {one["attributes"]["thread"] for one in incident.messages} == {f"loop-{incident.shown['id']}"}
    (subject,) = {one["subject"] for one in incident.messages}
    assert subject == f"[stargate loop] alert of CanaryFails (incident {incident.shown['id'][-6:]})"
    assert incident.shown["conditions"] == [f"alert#{name}" for name in ALERTS]
    assert len([one for one in incident.shown["timeline"] if one["kind"] == "action"]) == 1


def test_people_and_programs_are_told_the_same_each_in_their_form(incident):
    """What SNS brought to a program's queue is the page that people read, and so is what a chat gets."""
    for message, delivered in zip(incident.messages, incident.delivered, strict=True):
        forms, facts = message["by_protocol"], json.loads(delivered["Message"])
        chat = json.loads(forms["https"])
        assert facts == json.loads(forms["default"])
        assert chat["metadata"]["threadId"] == facts["thread"]
        assert chat["content"]["description"] == forms["email"]
        assert (facts["news"], delivered["Subject"]) == (message["attributes"]["news"], message["subject"])
    page = incident.messages[0]["by_protocol"]["email"]
    assert page.startswith("CRITICAL: alert of CanaryFails in loop.\nIn the words of its source: a target is")
    assert "What to do:\n- Look at it: http://vm/graph" in page
    assert f"stargate incidents loop {incident.shown['id']}" in page


def test_the_end_is_told_with_its_timeline_and_its_times(incident):
    """To detect, to act, to recover: the same figures for people, for programs and in the API."""
    summary, timeline = incident.shown["summary"], incident.shown["timeline"]
    facts, text = (
        json.loads(incident.delivered[-1]["Message"]),
        incident.messages[-1]["by_protocol"]["email"],
    )
    assert (facts["summary"], facts["timeline"]) == (summary, timeline)
    assert [one["action"] for one in summary["actions"]] == ["page"]
    seconds = summary["seconds"]
    assert 0 <= seconds["to_detect"] <= seconds["to_act"] < seconds["to_recover"]
    for line in (
        "OVER: alert of CanaryFails in loop.",
        f"Known:       after {spoken(seconds['to_detect'])}",
        f"Acted on:    after {spoken(seconds['to_act'])}",
        f"Well again:  after {spoken(seconds['to_recover'])}",
        *(f"- after {spoken(one['seconds'])}, {one['kind']}: {one['summary']}" for one in timeline),
    ):
        assert line in text.splitlines()


def test_no_secret_is_in_any_of_it(cloud, incident):
    """Neither the hook's own nor any that the gateway has, in any form of any message."""
    secrets = cloud.client("secretsmanager")
    names = [one["Name"] for one in secrets.list_secrets()["SecretList"] if "stargate-loop/" in one["Name"]]
    values = [secrets.get_secret_value(SecretId=name)["SecretString"] for name in names]
    told = json.dumps([incident.messages, incident.delivered, incident.shown])
    assert len(values) > 1
    assert [name for name, value in zip(names, values, strict=True) if value in told] == []
    assert incident.secret in values
    assert incident.secret not in told
