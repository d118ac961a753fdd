"""Who may post to a hook, and what is taken of what he posts."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from stargate.domain.signals.authenticity import is_authentic
from stargate.domain.signals.deliveries import AT_ONCE, MOST_ALERTS, faults_of_delivery, handed_over
from stargate.domain.signals.hooks import Hook, hook_of, is_hooks_secret
from stargate.domain.signals.reading import read_signal, signals_in
from stargate.domain.signals.signal import Ignored, Turn
from tests.unit.signals import senders

SECRET, BODY, NOW = "s3cret-ü", b'{"alerts": []}', senders.MOMENT
HOOK = Hook("sandbox", "us-east-1", "0123456789ab")
DAY = 86400.0


def signature(body=BODY, key=SECRET, stamp=None):
    signed = body if stamp is None else stamp.encode() + b":" + body
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def basic(password):
    return "Basic " + base64.b64encode(f"stargate:{password}".encode()).decode()


STAMP, STALE = str(int(NOW)), str(int(NOW) - 301)
LET_IN = {
    "a bearer token": {"authorization": f"Bearer {SECRET}"},
    "a scheme in small letters": {"authorization": f"bearer {SECRET}"},
    "a password": {"authorization": basic(SECRET)},
    "a signature": {"x-grafana-alerting-signature": signature()},
    "a signature with its time": {
        "x-grafana-alerting-signature": signature(stamp=STAMP),
        "x-grafana-alerting-timestamp": STAMP,
    },
}
REFUSED = {
    "nothing": {},
    "another token": {"authorization": "Bearer guess"},
    "no token": {"authorization": "Bearer "},
    "another scheme": {"authorization": f"Token {SECRET}"},
    "a password that is no base64": {"authorization": "Basic §"},
    "another password": {"authorization": basic("guess")},
    "another signature": {"x-grafana-alerting-signature": signature(key="guess")},
    "a signature of another body": {"x-grafana-alerting-signature": signature(b"{}")},
    "an empty signature": {"x-grafana-alerting-signature": ""},
    "a signature that is too old": {
        "x-grafana-alerting-signature": signature(stamp=STALE),
        "x-grafana-alerting-timestamp": STALE,
    },
    "a time that is none": {
        "x-grafana-alerting-signature": signature(stamp="now"),
        "x-grafana-alerting-timestamp": "now",
    },
    "a time that was not signed": {
        "x-grafana-alerting-signature": signature(),
        "x-grafana-alerting-timestamp": STAMP,
    },
    "a bad signature beside a good token": {
        "authorization": f"Bearer {SECRET}",
        "x-grafana-alerting-signature": signature(b"{}"),
    },
}


@pytest.mark.parametrize("headers", LET_IN.values(), ids=LET_IN)
def test_who_has_the_secret_is_let_in(headers):
    """As Alertmanager shows it and as Grafana shows it or signs by it."""
    assert is_authentic(SECRET, headers, BODY, NOW)


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
def test_who_has_it_not_is_refused(headers):
    """Whatever else he brings."""
    assert not is_authentic(SECRET, headers, BODY, NOW)


def test_an_empty_secret_lets_nobody_in():
    """A secret that somebody emptied is no open door."""
    assert not is_authentic("", {"authorization": "Bearer "}, BODY, NOW)
    assert not is_authentic("", {"x-grafana-alerting-signature": signature(key="")}, BODY, NOW)


def test_a_hooks_address_says_whose_it_is():
    """And reads back to the same hook."""
    assert hook_of(HOOK.hook_id) == HOOK
    assert is_hooks_secret("stargate-sandbox/hook-0123456789ab")
    assert HOOK.document()["secret"]["name"] == "stargate-sandbox/hook-0123456789ab"
    assert not is_hooks_secret("stargate-sandbox/litellm-salt-key")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sandbox",
        "sandbox.us-east-1",
        "sandbox.us-east-1.0123",
        "sandbox.us-east-1.0123456789ab\n",
        "Sandbox.us-east-1.0123456789ab",
        "sandbox.eu-west-9.0123456789ab",
        "sand/box.us-east-1.0123456789ab",
        "sandbox.us-east-1.0123456789ab.more",
    ],
)
def test_what_is_no_hooks_address_is_none(address):
    """So nothing is asked of AWS about it."""
    assert hook_of(address) is None


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ([], ["/alerts"]),
        ({}, ["/alerts"]),
        ({"alerts": "none"}, ["/alerts"]),
        ({"alerts": [{"labels": {}}, 7, {"labels": []}]}, ["/alerts/1", "/alerts/2"]),
        ({"alerts": [{"labels": {}}] * (MOST_ALERTS + 1)}, ["/alerts"]),
    ],
)
def test_what_is_no_delivery_is_told_fault_by_fault(body, paths):
    """Each alert that is none by its place."""
    assert [fault.path for fault in faults_of_delivery(body)] == paths


def delivered(sent, now=NOW):
    return [one for event in handed_over(HOOK, sent, now) for one in signals_in(event)]


def test_an_alert_speaks_of_the_hooks_environment_whatever_its_labels_say():
    """Who has one environment's secret has no say about another."""
    (signal,) = delivered(senders.alertmanager(environment="production", stargate_environment="lab"))
    assert (signal.environment, signal.subject) == ("sandbox", "TargetDown")


def test_nothing_but_alerts_gets_through():
    """An alert dressed up as something else is read as the alert that it is."""
    dressed = {**senders.alertmanager()["alerts"][0], **senders.alarm(), "Records": [senders.alarm()]}
    (signal,) = delivered({"alerts": [dressed]})
    assert signal.kind == "alert"


def test_the_same_news_is_the_same_however_often_and_by_whomever_it_is_told():
    """Values that move with each evaluation, and a second Alertmanager's own address, make no news."""
    first, again = senders.grafana(), senders.grafana()
    again["alerts"][0] |= {
        "values": {"A": 2},
        "valueString": "[ var='A' value=2 ]",
        "generatorURL": "http://b",
    }
    (told,), (repeated,) = delivered(first), delivered(again, NOW + 4 * 3600)
    assert (told.event_id, told.at) == (repeated.event_id, repeated.at)


def test_what_fires_on_is_news_once_a_day():
    """So that it does not lapse while Alertmanager still says that it fires."""
    ids = [delivered(senders.alertmanager(), NOW + hours * 3600)[0].event_id for hours in range(0, 72, 4)]
    assert len(set(ids)) == 3
    (third,) = delivered(senders.alertmanager(), NOW + 2 * DAY + 3600)
    assert third.at == NOW + 2 * DAY


def test_what_has_ended_is_told_with_the_moment_of_its_end():
    """Or of its delivery, where its end cannot be read."""
    (signal,) = delivered(senders.alertmanager("resolved"))
    assert (signal.turn, signal.at) == (Turn.CLOSES, NOW)
    unended = senders.alertmanager("resolved")
    unended["alerts"][0]["endsAt"] = "0001-01-01T00:00:00Z"
    (signal,) = delivered(unended, NOW + 60)
    assert (signal.turn, signal.at) == (Turn.CLOSES, NOW + 60)


def test_grafanas_own_test_of_a_contact_point_opens_nothing():
    """It never ends, so it would stay open for a week."""
    told = read_signal(senders.alertmanager(alertname="TestAlert", instance="Grafana"))
    assert isinstance(told, Ignored)
    assert "a test" in told.reason


def test_alerts_say_of_which_group_they_were_told():
    """So that what belongs together for Alertmanager or Grafana is one incident."""
    (signal,) = delivered(senders.alertmanager())
    assert signal.facts["group"] == '{}:{alertname="TargetDown"}'
    (alone,) = delivered({**senders.alertmanager(), "groupKey": ""})
    assert "group" not in alone.facts


def test_many_alerts_are_handed_over_in_several_pieces_that_lambda_takes():
    """An asynchronous call takes 256 KB, and every text is cut to size."""
    alert = senders.alertmanager()["alerts"][0]
    long = {**alert, "annotations": dict.fromkeys(("summary", "description", "runbook_url"), "ü" * 5000)}
    pieces = list(handed_over(HOOK, {"alerts": [long] * (AT_ONCE + 1)}, NOW))
    assert [len(piece["alerts"]) for piece in pieces] == [AT_ONCE, 1]
    assert all(len(str(piece).encode()) < 256_000 for piece in pieces)


def test_a_hooks_own_secret_calls_for_nothing_when_it_changes():
    """No task reads it: its newest value is asked for with each delivery."""
    record = senders.secret("PutSecretValue", requestParameters={"secretId": HOOK.secret_name})
    told = read_signal(record)
    assert isinstance(told, Ignored)
    assert "of a hook" in told.reason


def test_a_name_without_end_is_a_subject_that_the_table_takes():
    """In whichever script: a sort key has 1024 bytes, and more stands in it."""
    signal = read_signal(senders.alertmanager(alertname="𒀀" * 500))
    assert len(signal.subject.encode()) <= 800
