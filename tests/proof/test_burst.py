"""A thousand signals at once: none is lost, none is acted on twice, and a copy is seen to be one.

They come as EventBridge would hand them over, by asynchronous calls: alarms that flap, tasks of one service
that crash one after the other, so that all of them change one condition, stops that mean nothing, and copies.
What could not be taken after Lambda's retries lies among the dead letters and is brought back, as an operator
would do it. The figures are printed.
"""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import pytest

from local.demo.record import Record
from stargate.domain.moments import told
from tests.e2e.patience import wait_until
from tests.e2e.standing import standing

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]

BURST = {"name": "burst", "preset": "sandbox", "overrides": {"network": {"cidr": "10.78.0.0/16"}}}
FUNCTION, ACCOUNT = "stargate-receive-signal", "us-east-1:000000000000"
EACH, SUBJECTS, AT_ONCE = 250, 25, 25
NOTED = frozenset({"signal", "note"})


@pytest.fixture(scope="module")
def environment(api):
    """A gateway that is READY; deleted when all was told."""
    with standing(api, BURST) as document:
        yield document


@pytest.fixture(scope="module")
def record(api, witness, environment):
    return Record(api, witness, environment)


def event(number, source, kind, detail, at):
    around = {"id": f"burst-{number}", "time": at, "region": "us-east-1", "resources": []}
    return {**around, "source": source, "detail-type": kind, "detail": detail}


def flapping(number, at):
    """Each of some alarms rings and is well again, in turn."""
    subject, value = number % SUBJECTS, "ALARM" if number // SUBJECTS % 2 == 0 else "OK"
    detail = {
        "alarmName": f"stargate-burst-custom{subject}-warning",
        "state": {"value": value, "timestamp": at},
        "previousState": {"value": "ALARM"},
    }
    return event(number, "aws.cloudwatch", "CloudWatch Alarm State Change", detail, at)


def stopped(number, at, code, reason, exit_code):
    cluster = f"arn:aws:ecs:{ACCOUNT}:cluster/stargate-burst"
    detail = {
        "clusterArn": cluster,
        "taskArn": f"arn:aws:ecs:{ACCOUNT}:task/stargate-burst/{number:032x}",
        "group": "service:grafana",
        "lastStatus": "STOPPED",
        "stopCode": code,
        "stoppedReason": reason,
        "containers": [{"name": "grafana", "exitCode": exit_code}],
        "stoppedAt": at,
    }
    return event(number, "aws.ecs", "ECS Task State Change", detail, at)


def thousand(since):
    """In the order in which they are sent; the copies last, when most others are on the way."""
    at = told(since)
    alarms = [flapping(number, told(since + number / 1000)) for number in range(EACH)]
    crash = ("EssentialContainerExited", "Essential container in task exited", 1)
    crashes = [stopped(1000 + number, at, *crash) for number in range(EACH)]
    scaled = ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", 143)
    normal = [stopped(2000 + number, at, *scaled) for number in range(EACH)]
    mixed = [one for three in zip(alarms, crashes, normal, strict=True) for one in three]
    return [*mixed, *alarms]


def test_a_thousand_signals_at_once_are_each_taken_once(api, cloud, witness, record, capsys):
    """Every event is in the ledger exactly once, and no action was begun twice for one condition."""
    events = thousand(_now(cloud))
    functions = cloud.client("lambda")
    began = time.monotonic()

    def send(one):
        functions.invoke(FunctionName=FUNCTION, InvocationType="Event", Payload=json.dumps(one))

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        list(crowd.map(send, events))
    sent = time.monotonic() - began
    expected = {one["id"] for one in events}
    brought = _until_all_are_taken(api, witness, record, expected)
    taken = time.monotonic() - began

    causes = Counter(entry["cause"] for entry in record.ledger() if entry["kind"] in NOTED)
    begun = _begun(record)
    figures = (
        f"\n{len(events)} signals, {len(expected)} of them different, sent in {sent:.1f} s and taken in "
        f"{taken:.1f} s; {brought} came by the dead letters; {len(begun)} actions; simulated: the cloud"
    )
    with capsys.disabled():
        print(figures)  # noqa: T201
    assert {one: causes[one] for one in expected if causes[one] != 1} == {}
    assert len(events) == 4 * EACH
    assert [kind for kind, count in begun.items() if count > 1] == []
    assert witness.dead_letters() == 0


def _now(cloud):
    with urlopen(f"{cloud.twin}/clock", timeout=10) as answer:  # noqa: S310
        return json.load(answer)["now"]


def _until_all_are_taken(api, witness, record, expected):
    """Bring back whatever is given up on the way; how many letters that were."""
    brought = 0

    def all_taken():
        nonlocal brought
        if witness.dead_letters():
            letters = api.post("/redrive", {}).document["letters"]
            brought += sum(one["outcome"] == "brought back" for one in letters)
        return expected <= {entry["cause"] for entry in record.ledger()}

    for _ in range(3):
        try:
            wait_until(all_taken, "every signal is in the ledger")
        except AssertionError:
            continue
        return brought
    missing = expected - {entry["cause"] for entry in record.ledger()}
    pytest.fail(f"{len(missing)} signals were lost: {sorted(missing)[:10]}")


def _begun(record):
    """How often an action was begun, by its kind, its subject and the decision that it comes of."""
    ledger = {entry["id"]: entry for entry in record.ledger()}
    begun = [one for one in ledger.values() if one["kind"] == "action" and "target" in one["detail"]]
    return Counter((one["detail"]["action"], one["subject"], one["cause"]) for one in begun)
