"""Replies are remembered by key: in the fake and in Powertools over the table."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.state.idempotency import TableReplies
from stargate.errors import IdempotencyKeyReusedError
from tests.fakes import FakeReplies


class Context:
    """The part of Lambda's context that matters: how long the work may take."""

    def get_remaining_time_in_millis(self):
        return 30000


@pytest.fixture(params=["in memory", "on DynamoDB"])
def replies(request, monkeypatch):
    if request.param == "in memory":
        yield FakeReplies()
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="stargate",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        yield TableReplies("stargate", Context())
    aws.client.cache_clear()


def test_the_same_request_is_worked_on_once(replies):
    """The second reply is the first one's."""
    counted = []

    def work():
        counted.append(1)
        return {"status": 202, "body": {"n": len(counted)}}

    assert replies.once("key", "{}", work) == replies.once("key", "{}", work)
    assert counted == [1]


def test_the_same_key_with_another_body_is_refused(replies):
    """A key names one request."""
    replies.once("key", '{"a": 1}', lambda: {"status": 202, "body": {}})
    with pytest.raises(IdempotencyKeyReusedError):
        replies.once("key", '{"a": 2}', lambda: {"status": 202, "body": {}})


def test_a_request_that_failed_is_not_remembered(replies):
    """The next one with the same key is worked on."""

    def refuse():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        replies.once("key", "{}", refuse)
    assert replies.once("key", "{}", lambda: {"status": 202, "body": {}}) == {"status": 202, "body": {}}
