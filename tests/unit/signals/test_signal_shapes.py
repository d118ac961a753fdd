"""Every wrapping in which the same thing is sent: what it carries says the same."""

from __future__ import annotations

import json
import re

import pytest

from stargate.domain.signals.reading import read_signal, signals_in
from stargate.domain.signals.shapes import as_sent, is_event
from stargate.domain.signals.signal import Ignored, Severity, Signal, Turn
from tests.unit.signals import senders

WRAPPINGS = {
    "EventBridge": senders.alarm(),
    "EventBridge by SQS": {"Records": [{"messageId": "m", "body": json.dumps(senders.alarm())}]},
    "a pipe from SQS": [{"messageId": "m", "body": json.dumps(senders.alarm())}],
    "a dead letter": senders.dead_letter(senders.alarm()),
    "a dead letter in its queue": {
        "Records": [{"messageId": "m", "body": json.dumps(senders.dead_letter(senders.alarm()))}]
    },
    "EventBridge by SNS": senders.notification(senders.alarm()),
    "bare SNS message": senders.sns_alarm(),
    "notification": senders.notification(senders.sns_alarm()),
    "SNS to a function": {
        "Records": [{"EventSource": "aws:sns", "Sns": senders.notification(senders.sns_alarm())}]
    },
    "SNS by SQS": {
        "Records": [{"messageId": "m", "body": json.dumps(senders.notification(senders.sns_alarm()))}]
    },
    "SNS by SQS, raw": {"Records": [{"messageId": "m", "body": json.dumps(senders.sns_alarm())}]},
    "alarm to a function": senders.alarm_to_function(),
}


@pytest.mark.parametrize("wrapped", WRAPPINGS.values(), ids=WRAPPINGS.keys())
def test_an_alarm_says_the_same_however_it_comes(wrapped):
    """EventBridge, SNS, SQS, pipes, dead letters or straight to a function: one signal."""
    assert is_event(wrapped)
    signal = read_signal(wrapped)
    assert isinstance(signal, Signal), signal
    assert (signal.kind, signal.environment, signal.subject) == ("cpu-high", "sandbox", "litellm")
    assert (signal.severity, signal.turn, signal.at) == (Severity.CRITICAL, Turn.OPENS, senders.MOMENT)
    assert signal.region == "us-east-1"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon"])
@pytest.mark.parametrize("wrapped", WRAPPINGS.values(), ids=WRAPPINGS.keys())
def test_a_moment_that_no_calendar_has_makes_no_signal(wrapped, moment):
    """It is refused as the event's time, wherever the sender has put it, and never raised."""
    told = json.loads(re.sub(r"2026-11-24T03:00:00[.0-9]*(Z|[+]0000)", moment, json.dumps(wrapped)))
    found = read_signal(told)
    assert isinstance(found, Ignored), found
    assert "time missing or unreadable" in found.reason


def test_a_batch_is_read_one_by_one():
    """Two records are two signals, and a bad one does not hide the good one."""
    bodies = [json.dumps(senders.sns_alarm()), "{", json.dumps(senders.sns_alarm("OK"))]
    first, second, third = signals_in({"Records": [{"messageId": "m", "body": body} for body in bodies]})
    assert (first.turn, third.turn) == (Turn.OPENS, Turn.CLOSES)
    assert isinstance(second, Ignored)


def test_the_same_content_without_an_id_has_the_same_id():
    """A copy of a message that brings no id is known again."""
    alarm = senders.sns_alarm()
    assert read_signal(alarm).event_id == read_signal(senders.notification(alarm)).event_id
    assert read_signal(alarm).event_id != read_signal(senders.sns_alarm("OK")).event_id


def test_an_older_message_that_lacks_its_arn_is_of_the_topics_region():
    """SNS and its alarm are in one region."""
    old = {name: value for name, value in senders.sns_alarm().items() if name != "AlarmArn"}
    assert read_signal(senders.notification(old)).region == "us-west-1"
    assert read_signal(old).region == "global"


@pytest.mark.parametrize(
    ("number", "source", "kind"),
    [("0049", "db-instance", "failover-completed"), ("0073", "db-cluster", "failover-started")],
)
def test_the_database_may_tell_by_a_subscription_of_its_own(number, source, kind):
    """RDS writes names with spaces, and a time that does not say it is UTC."""
    signal = read_signal(senders.notification(senders.database_by_sns(number, source)))
    assert (signal.kind, signal.environment, signal.subject) == (kind, "sandbox", "database")
    assert (signal.at, signal.region) == (senders.MOMENT, "us-east-1")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (senders.budget(), "budget-passed"),
        (senders.stack_text("UPDATE_ROLLBACK_FAILED"), "stack-failed"),
        (senders.stack_text("CREATE_FAILED", "AWS::EC2::VPC"), None),
    ],
)
def test_what_aws_writes_to_people_is_read_too(text, kind):
    """In an SNS message, or as the text alone."""
    for sent in (senders.notification(text), as_sent(text)):
        (found,) = signals_in(sent, "sandbox")
        assert kind is None or (found.kind, found.at) == (kind, found.at)
        assert isinstance(found, Ignored) is (kind is None)
    (found,) = signals_in(senders.notification(text), "sandbox")
    assert found.at == senders.MOMENT


@pytest.mark.parametrize("text", ["Subject: hello", "", "Budget: none of AWS's", "StackId='x'"])
def test_other_text_is_no_event(text):
    """By itself; in an SNS message it is one that says nothing to us."""
    assert as_sent(text) is None
    assert isinstance(read_signal(senders.notification(text)), Ignored)


def test_a_subscription_to_be_confirmed_tells_nothing():
    """SNS sends it once to each new address."""
    sent = {**senders.notification("You have chosen to subscribe"), "Type": "SubscriptionConfirmation"}
    assert is_event(sent)
    assert "waits to be confirmed" in read_signal(sent).reason


@pytest.mark.parametrize("sender", [senders.alertmanager, senders.grafana])
def test_alerts_open_and_close(sender):
    """Of Alertmanager and of Grafana: one signal for each, by its fingerprint."""
    firing, resolved = read_signal(sender()), read_signal(sender("resolved"))
    assert (firing.kind, firing.severity, firing.turn) == ("alert", Severity.CRITICAL, Turn.OPENS)
    assert (resolved.turn, resolved.source) == (Turn.CLOSES, firing.source)
    assert (firing.environment, firing.subject) == ("sandbox", "TargetDown")


def test_a_group_of_alerts_is_a_signal_for_each():
    """Two services in one group."""
    sent = senders.alertmanager(service="litellm")
    sent["alerts"].append({**senders.alertmanager(service="grafana")["alerts"][0], "fingerprint": "other"})
    assert [signal.subject for signal in signals_in(sent)] == ["litellm", "grafana"]


@pytest.mark.parametrize(
    "value", [[], [1], {"Records": []}, {"alerts": [7], "receiver": "x"}, {"body": "{}"}]
)
def test_empty_wrappings_are_read_without_harm(value):
    """Nothing in them is ours."""
    assert all(isinstance(one, Ignored) for one in signals_in(value))
