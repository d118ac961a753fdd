"""What topics were told is kept as it was told, and shown as its email would look."""

from __future__ import annotations

import json

import pytest

from local import messages
from stargate.domain.operating.notices import Notice

TOPIC = "arn:aws:sns:us-east-1:000000000000:stargate-Operators-1"
PAGE = Notice(
    "page", "a-1", "sandbox", "sandbox-i-1", "critical", "[stargate sandbox] cpu-high", "CRITICAL: …"
)


@pytest.fixture(autouse=True)
def _nothing_told_yet():
    messages._kept.clear()


def attributes():
    return {name: {"DataType": "String", "StringValue": value} for name, value in PAGE.attributes.items()}


def test_a_message_is_kept_in_every_form_that_it_has():
    """With its attributes, so that a filter can be thought of."""
    messages.keep(TOPIC, json.dumps(PAGE.by_protocol()), PAGE.plain_subject, "json", attributes())
    (kept,) = messages._kept
    assert (kept["topic"], kept["subject"]) == ("stargate-Operators-1", "[stargate sandbox] cpu-high")
    assert kept["attributes"] == PAGE.attributes
    assert kept["by_protocol"] == PAGE.by_protocol()


def test_its_email_is_the_text_and_not_the_json():
    """One after the other, the oldest first; an alarm's own message is as CloudWatch wrote it."""
    messages.keep(TOPIC, json.dumps(PAGE.by_protocol()), PAGE.plain_subject, "json", {})
    messages.keep(TOPIC, '{"AlarmName": "x"}', "", "", {})
    printed = messages.as_emails(list(messages._kept))
    assert printed.index("Subject: [stargate sandbox] cpu-high\n\nCRITICAL: …") < printed.index(
        "Subject: none"
    )
    assert '"version"' not in printed


def test_the_newest_are_kept_and_nothing_is_said_to_be_nothing():
    """A day of messages does not fill the memory."""
    assert messages.as_emails([]) == "nobody was told anything yet"
    for number in range(messages.MOST_KEPT + 5):
        messages.keep(TOPIC, str(number), "", "", {})
    assert next(one["by_protocol"]["default"] for one in messages._kept) == "5"
