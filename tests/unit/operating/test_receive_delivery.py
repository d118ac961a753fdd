"""An alert from outside: let in or refused, handed over, and what becomes of it in the loop."""

from __future__ import annotations

import base64
import json

import pytest

from functions.receive_delivery import handler
from stargate.domain.signals.hooks import Hook
from stargate.errors import AwsThrottledError
from stargate.usecases.operating.receive_delivery import ReceiveDelivery
from tests import fakes
from tests.unit.operating.loop_play import IDENTIFIER, LoopPlay, environment
from tests.unit.signals import senders

HOOK = Hook("sandbox", "us-east-1", "0123456789ab")


class Door:
    """The function behind the open route, and the loop behind it, which takes what it is handed."""

    def __init__(self):
        self.loop, self.secrets, self.taker = LoopPlay(), fakes.FakeHookSecrets(), fakes.FakeSignalTaker()
        self.loop.clock.pass_seconds(senders.MOMENT - self.loop.clock.now() + 30)
        self.loop.table.environments[IDENTIFIER] = environment(senders.MOMENT - 86400)
        self.secrets.make(HOOK, IDENTIFIER)

    def receive_delivery(self):
        return ReceiveDelivery(self.secrets, self.taker, self.loop.clock)

    def post(self, body, hook=HOOK.hook_id, secret=None, **changed):
        shown = fakes.FakeHookSecrets.secret_of(hook) if secret is None else secret
        event = {
            "pathParameters": {"hook": hook},
            "headers": {"Authorization": f"Bearer {shown}"},
            "body": body if isinstance(body, str) else json.dumps(body),
            "isBase64Encoded": False,
        }
        answer = handler.handle({**event, **changed}, Context())
        return answer["statusCode"], json.loads(answer["body"])

    def deliver(self):
        """What lies with the taker reaches the loop."""
        handed, self.taker.taken = self.taker.taken, []
        return [taken.outcome for event in handed for taken in self.loop.hear(event)]

    def condition(self):
        known = self.loop.operations.by_id(IDENTIFIER).operations.conditions
        return known.get("alert#TargetDown")


class Context:
    function_name = "stargate-receive-delivery"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:stargate-receive-delivery"
    aws_request_id = "request-1"


@pytest.fixture
def door(monkeypatch):
    door = Door()
    monkeypatch.setattr(handler, "receive_delivery", door.receive_delivery)
    return door


@pytest.mark.parametrize("sender", [senders.alertmanager, senders.grafana])
def test_an_alert_opens_a_condition_and_its_end_closes_it(door, sender):
    """As both send them: 202, a page decided for the critical one, and nothing left when it is resolved."""
    assert door.post(sender()) == (202, {"hook": HOOK.hook_id, "accepted": 1})
    assert door.deliver() == ["taken"]
    assert (door.condition().open, door.condition().decided.action) == (True, "page")
    door.loop.clock.pass_seconds(60)
    resolved = sender("resolved")
    resolved["alerts"][0]["endsAt"] = "2026-11-24T03:01:00Z"
    door.post(resolved)
    assert door.deliver() == ["taken"]
    assert door.condition().open is False


def test_a_delivery_that_comes_again_and_again_changes_nothing(door):
    """Alertmanager tells every few hours, both of a pair tell: one entry in the ledger, one action."""
    for _ in range(3):
        door.post(senders.alertmanager())
    assert door.deliver() == ["taken", "repeated", "repeated"]
    assert len(door.loop.remedies.started) == 1


def grouped(*names, group="{}:{job='gateway'}"):
    """Critical all of them, as Alertmanager tells of what one rule of its routes puts together."""
    alerts = []
    for name in names:
        (one,) = senders.alertmanager(alertname=name)["alerts"]
        alerts.append({**one, "fingerprint": f"f-{name}"})
    return {**senders.alertmanager(), "groupKey": group, "alerts": alerts}


def test_who_is_told_of_a_group_is_paged_once_and_hears_of_all(door):
    """Alertmanager's own routes say what belongs together: of one cause they wake nobody thrice."""
    door.post(grouped("TargetDown", "ProbeFails", "NoTraffic"))
    assert door.deliver() == ["taken"] * 3
    (incident,) = door.loop.operations.by_id(IDENTIFIER).operations.open_incidents()
    assert incident.conditions == ("alert#TargetDown", "alert#ProbeFails", "alert#NoTraffic")
    assert len(door.loop.remedies.started) == 1
    door.loop.performs()
    ((_, text),) = door.loop.pager.pages
    assert "Also open:\n- alert of ProbeFails, critical" in text
    assert "- alert of NoTraffic, critical" in text


def test_two_groups_are_two_incidents(door):
    """Of unlike causes, as far as anybody knows: each wakes somebody."""
    door.post(grouped("TargetDown"))
    door.post(grouped("DiskFull", group="{}:{job='other'}"))
    door.deliver()
    assert len(door.loop.operations.by_id(IDENTIFIER).operations.open_incidents()) == 2
    assert len(door.loop.remedies.started) == 2


def test_the_end_that_overtakes_the_beginning_leaves_nothing_open(door):
    """Out of order, as two deliveries may come."""
    resolved = senders.alertmanager("resolved")
    resolved["alerts"][0]["endsAt"] = "2026-11-24T03:00:20Z"
    door.post(resolved)
    door.post(senders.alertmanager())
    door.deliver()
    assert door.condition().open is False
    assert door.loop.remedies.started == {}


@pytest.mark.parametrize(
    ("hook", "secret"),
    [
        (HOOK.hook_id, "guess"),
        (HOOK.hook_id, ""),
        ("sandbox.us-east-1.ffffffffffff", None),
        ("no hook at all", None),
    ],
    ids=["another secret", "no secret", "a hook that is not there", "no address of a hook"],
)
def test_who_does_not_know_the_secret_is_refused_in_the_same_words(door, hook, secret):
    """401, nothing handed over, and no word of whether there is such a hook."""
    status, body = door.post(senders.alertmanager(), hook, secret)
    assert (status, body["type"]) == (401, "urn:stargate:problem:delivery-refused")
    assert body["detail"] == "there is no such hook, or this is not its secret"
    assert door.taker.taken == []


def test_a_removed_hook_lets_nobody_in(door):
    """Its secret was good a moment before."""
    assert door.secrets.remove(HOOK)
    assert door.post(senders.alertmanager())[0] == 401


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ("{", 400, "malformed-document"),
        ("", 400, "malformed-document"),
        ({"alerts": [7]}, 400, "invalid-request"),
    ],
)
def test_what_is_no_delivery_is_refused_with_its_faults(door, body, status, slug):
    """Alertmanager does not send a 4xx again, so nothing is repeated for ever."""
    answered, problem = door.post(body)
    assert (answered, problem["type"]) == (status, f"urn:stargate:problem:{slug}")
    assert door.taker.taken == []


def test_what_cannot_be_handed_over_now_is_sent_again(door):
    """The function fails, API Gateway answers 5xx, and Alertmanager and Grafana post again."""
    door.taker.failure = AwsThrottledError("Invoke: slow down")
    with pytest.raises(AwsThrottledError):
        door.post(senders.alertmanager())


def test_a_body_in_base64_is_the_same_body(door):
    """API Gateway hands bodies over so where a media type is binary."""
    body = base64.b64encode(json.dumps(senders.alertmanager()).encode()).decode()
    assert door.post(body, isBase64Encoded=True)[0] == 202


def test_no_group_is_accepted_and_nothing_is_taken(door):
    """A delivery of no alert is harmless."""
    assert door.post({"alerts": []}) == (202, {"hook": HOOK.hook_id, "accepted": 0})
    assert door.deliver() == []
