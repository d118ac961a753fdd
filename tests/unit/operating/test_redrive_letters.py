"""What was given up is shown, brought back and thrown away, and nothing that it carries is told."""

from __future__ import annotations

import json

import pytest

from stargate.domain.operating.letters import Message, letter_of
from stargate.usecases.operating.redrive_letters import MOST, RedriveLetters
from tests import fakes
from tests.unit.signals import senders

PREFIX = "stargate-"
SECRET = "sk-do-not-tell"  # noqa: S105  (what must not be seen)
ALARM = {**senders.alarm(), "secret": SECRET}


def of_function(number, function="receive-signal", payload=ALARM, **changed):
    body = {
        "version": "1.0",
        "requestContext": {
            "functionArn": f"arn:aws:lambda:us-east-1:111122223333:function:stargate-{function}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": payload,
        "responsePayload": {"errorType": "UnreadableRowError", "errorMessage": "env#1 ops#x"},
        **changed,
    }
    return message(number, body)


def message(number, body, **attributes):
    written = body if isinstance(body, str) else json.dumps(body)
    return Message(f"m-{number}", f"receipt-{number}", written, senders.MOMENT + number, attributes)


def undelivered(number, function="receive-signal", **changed):
    given = {
        "TARGET_ARN": f"arn:aws:lambda:us-east-1:111122223333:function:stargate-{function}",
        "RULE_ARN": "arn:aws:events:us-east-1:111122223333:rule/stargate-x",
        "ERROR_CODE": "NO_PERMISSIONS",
        "ERROR_MESSAGE": "not authorized",
    }
    return message(number, ALARM, **{**given, **changed})


MOVE = {"environment_id": "00000000e001", "attempt": 1, "node": "data", "cause": "event 7"}
KNOWN = {
    "a function's": (
        of_function(1),
        (
            "receive-signal",
            f"aws.cloudwatch CloudWatch Alarm State Change {ALARM['id']}",
            "UnreadableRowError: env#1 ops#x",
        ),
    ),
    "a mover's": (
        of_function(2, "deploy-stack", MOVE),
        (
            "deploy-stack",
            "environment_id 00000000e001 node data cause event 7",
            "UnreadableRowError: env#1 ops#x",
        ),
    ),
    "one that grew too old": (
        of_function(3, responsePayload=None, requestContext={"condition": "EventAgeExceeded"}),
        ("", f"aws.cloudwatch CloudWatch Alarm State Change {ALARM['id']}", "EventAgeExceeded"),
    ),
    "a rule's": (
        undelivered(4),
        (
            "receive-signal",
            f"aws.cloudwatch CloudWatch Alarm State Change {ALARM['id']}",
            "NO_PERMISSIONS: not authorized",
        ),
    ),
    "a topic's": (
        message(5, senders.notification(ALARM)),
        ("receive-signal", senders.TOPIC, "SNS could not deliver it"),
    ),
    "a hook's": (
        of_function(
            6, payload={"hook": "sandbox.us-east-1.0123456789ab", "alerts": [{"labels": {"x": SECRET}}]}
        ),
        ("receive-signal", "hook sandbox.us-east-1.0123456789ab", "UnreadableRowError: env#1 ops#x"),
    ),
    "a topic's call of a function": (
        of_function(7, payload={"Records": [{"Sns": {"TopicArn": senders.TOPIC, "Message": SECRET}}]}),
        ("receive-signal", f"1 of {senders.TOPIC}", "UnreadableRowError: env#1 ops#x"),
    ),
    "another control plane's": (
        of_function(8, requestContext={"functionArn": "arn:aws:lambda:us-east-1:1:function:theirs"}),
        (
            "",
            f"aws.cloudwatch CloudWatch Alarm State Change {ALARM['id']}",
            "UnreadableRowError: env#1 ops#x",
        ),
    ),
    "no JSON": (message(9, f"{{{SECRET}"), ("", "no JSON object", "nobody known has put it here")),
    "something else": (
        message(10, {"x": SECRET}),
        ("", "of an unknown form", "nobody known has put it here"),
    ),
}


@pytest.mark.parametrize(("found", "told"), KNOWN.values(), ids=KNOWN)
def test_a_letter_says_for_whom_it_is_what_about_and_why_it_was_given_up(found, told):
    """Of each sender's form; and nothing of what it carries."""
    letter = letter_of(found, PREFIX)
    assert (letter.function, letter.about, letter.reason) == told
    assert SECRET not in json.dumps(letter.document())


class Post:
    def __init__(self, *messages, **recipients):
        self.queue = fakes.FakeDeadLetters(list(messages))
        self.recipients = fakes.FakeRecipients(**recipients)

    def __call__(self, **order):
        told = RedriveLetters(self.queue, self.recipients, PREFIX)(order)
        return {one["id"]: one["outcome"] for one in told["letters"]}, told


def test_what_lies_there_is_shown_and_goes_on_lying_there():
    """All of it, and at once for the next who looks."""
    post = Post(of_function(1), undelivered(2))
    assert post(show=True)[0] == {"m-1": "shown", "m-2": "shown"}
    assert len(post.queue.lying) == 2
    assert post.recipients.called == []


def test_letters_are_brought_back_to_whom_they_were_for():
    """With what they were sent with, and the queue is empty."""
    post = Post(of_function(1), of_function(2, "deploy-stack", MOVE), undelivered(3))
    assert set(post()[0].values()) == {"brought back"}
    assert post.recipients.called == [
        ("receive-signal", ALARM),
        ("deploy-stack", MOVE),
        ("receive-signal", ALARM),
    ]
    assert (post.queue.lying, post.queue.in_hand) == ([], [])


def test_cut_off_in_the_middle_nothing_is_lost():
    """What was not brought back comes back by itself; what was, may come twice and do no harm."""
    letters = [of_function(number) for number in range(3)]
    post = Post(*letters, breaks_after=1)
    with pytest.raises(ConnectionError):
        post()
    assert post.queue.in_hand == letters[1:]


def test_what_is_for_nobody_is_kept_and_says_so():
    """The rest is brought back all the same."""
    post = Post(
        message(1, "nonsense"), of_function(2), of_function(3, "publish-gateway"), denied=("publish-gateway",)
    )
    outcomes, told = post()
    assert outcomes == {"m-1": "kept", "m-2": "brought back", "m-3": "kept"}
    whys = [one.get("why", "") for one in told["letters"]]
    assert "look at it, then discard it" in whys[0]
    assert "publish-gateway is none that letters are brought back to" in whys[2]
    assert [one.message_id for one in post.queue.lying] == ["m-1", "m-3"]


def test_only_what_is_named_is_brought_back_or_thrown_away():
    """The others are not even told of; what is not there is."""
    post = Post(of_function(1), of_function(2), of_function(3))
    assert post(letters=["m-2", "m-9"])[0] == {"m-2": "brought back", "m-9": "not there"}
    assert post(letters=["m-3"], discard=True)[0] == {"m-3": "discarded"}
    assert [one.message_id for one in post.queue.lying] == ["m-1"]
    assert len(post.recipients.called) == 1


def test_an_empty_queue_is_no_trouble():
    """Nothing there, nothing done."""
    assert Post()()[1] == {"letters": [], "more": False}


def test_a_queue_that_is_very_full_is_taken_in_several_calls():
    """Each ends within the time that its caller waits, and says that there may be more."""
    post = Post(*(of_function(number) for number in range(MOST + 20)))
    first = post()[1]
    assert (len(first["letters"]), first["more"]) == (MOST, True)
    assert post()[1]["more"] is False
    assert len(post.recipients.called) == MOST + 20
