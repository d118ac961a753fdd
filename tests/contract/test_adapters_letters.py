"""The queue of dead letters as SQS keeps it, against moto."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.workflows.sqs import SqsDeadLetters


@pytest.fixture
def queue(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    with mock_aws():
        yield boto3.client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"]
    aws.client.cache_clear()


def put(queue, body, **attributes):
    told = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=body, MessageAttributes=told)


def test_a_letter_comes_with_its_attributes_and_the_moment_it_was_put_there(queue):
    """EventBridge says in them for whom it was and why it could not be delivered."""
    put(queue, "{}", TARGET_ARN="arn:t", ERROR_CODE="NO_PERMISSIONS")
    (message,) = SqsDeadLetters(queue).take()
    assert (message.body, dict(message.attributes)) == (
        "{}",
        {"TARGET_ARN": "arn:t", "ERROR_CODE": "NO_PERMISSIONS"},
    )
    assert message.sent_at > 1_600_000_000


def test_a_letter_in_hand_is_nobody_elses_until_it_is_given_back(queue):
    """And one that is removed is gone for good."""
    letters = SqsDeadLetters(queue)
    for number in range(12):
        put(queue, str(number))
    taken = [*letters.take(), *letters.take()]
    assert len(taken) == 12
    assert letters.take() == []
    letters.remove(taken[0])
    letters.give_back(taken[1:])
    again = [*letters.take(), *letters.take()]
    assert sorted(one.body for one in again) == sorted(one.body for one in taken[1:])
