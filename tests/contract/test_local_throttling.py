"""What is called too often is refused as each service refuses it, and botocore takes it for what it is."""

from __future__ import annotations

import asyncio

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local import control, throttling
from local.clock import Clock
from stargate.throttles import THROTTLES
from tests.contract.answering import respond

KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "an example", "region_name": "us-east-1"}
CALLS = {
    "cloudformation": lambda client: client.describe_stacks(StackName="one"),
    "ec2": lambda client: client.describe_vpcs(),
    "rds": lambda client: client.describe_db_instances(),
    "dynamodb": lambda client: client.get_item(TableName="t", Key={"pk": {"S": "one"}}),
    "states": lambda client: client.list_state_machines(),
}
NAMED = {"states": "stepfunctions"}


class StillClock(Clock):
    """A clock that the test moves."""

    def __init__(self):
        super().__init__(1.0, 0.0)
        self.at = 1000.0

    def now(self):
        return self.at


@pytest.fixture
def account():
    clock = StillClock()
    throttling.install(clock)
    yield clock
    control._call("DELETE", "/_stargate/throttles", b"")


def limit(service, per_second=1, burst=2):
    body = f'{{"service": "{service}", "per_second": {per_second}, "burst": {burst}}}'.encode()
    return control._call("POST", "/_stargate/throttles", body)


def ask(service, clock):
    """One call through the limits; what is let through is answered with an empty 200."""
    client = boto3.client(
        NAMED.get(service, service), config=Config(retries={"total_max_attempts": 1}), **KEYS
    )
    client.meta.events.register_last("before-send", lambda request, **_: answered(request, clock))
    return CALLS[service](client)


def answered(request, clock):
    sent = []

    async def through(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive():
        return {"body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    headers = [
        (name.lower().encode(), value if isinstance(value, bytes) else str(value).encode())
        for name, value in request.headers.items()
    ]
    scope = {"type": "http", "headers": headers}
    asyncio.run(throttling.wrap(through, clock)(scope, receive, send))
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return respond(sent[0]["status"], told, sent[1]["body"] or b"{}")


@pytest.mark.parametrize("service", CALLS)
def test_the_third_call_at_once_is_refused_in_the_services_own_words(account, service):
    """By a code that is known for a throttle; a second later one more is let through."""
    limit(service)
    bucket = throttling._buckets[service]
    assert [bucket.take(account.at) for _ in range(2)] == [True, True]
    with pytest.raises(ClientError) as refused:
        ask(service, account)
    assert refused.value.response["Error"]["Code"] in THROTTLES
    account.at += 1
    assert bucket.take(account.at)
    assert throttling._told()[service]["refused"] == 1


def test_what_is_not_limited_is_let_through(account):
    """Another service, and everything once the limits are lifted."""
    limit("cloudformation", burst=1)
    ask("dynamodb", account)
    throttling._buckets["cloudformation"].take(account.at)
    control._call("DELETE", "/_stargate/throttles", b"")
    assert throttling._told() == {}


@pytest.mark.parametrize("order", [{"per_second": 0}, {"burst": 0.5}])
def test_a_limit_that_would_let_nothing_through_is_refused(account, order):
    """It would be a fault of the test, not a throttle."""
    status, answer = limit("cloudformation", **order)
    assert status == 400
    assert "nothing could ever be called" in answer["message"]
