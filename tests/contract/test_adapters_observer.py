"""The observer is asked by Lambda: what it answers, how it fails, and that nobody may ask it."""

from __future__ import annotations

import io
import json

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from stargate.adapters import aws
from stargate.adapters.gateway.observer import LambdaObserver
from stargate.domain.gateway.observer import Observation, check_observation

REGION = "us-west-1"
ASKED = {
    "FunctionName": "stargate-sandbox-observer",
    "InvocationType": "RequestResponse",
    "Payload": b'{"verb": "virtual_key"}',
}


@pytest.fixture
def stub(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws.client.cache_clear()
    with Stubber(aws.client("lambda", REGION)) as stubbed:
        yield stubbed
        stubbed.assert_no_pending_responses()
    aws.client.cache_clear()


def answering(stub, document, **more):
    payload = json.dumps(document).encode()
    body = StreamingBody(io.BytesIO(payload), len(payload))
    stub.add_response("invoke", {"StatusCode": 200, "Payload": body, **more}, ASKED)


def ask():
    return LambdaObserver().ask(REGION, "sandbox", "virtual_key")


def test_what_it_measured_is_told_in_the_check(stub):
    """Asked in the environment's region, by the environment's name."""
    measured = {"tasks": 2, "serving": 1, "answers": ["200", "401"]}
    reason = "1 of 2 tasks refuse a good key"
    answering(stub, {"ok": False, "reason": reason, "seconds": 0.2, "measured": measured})
    check = check_observation("virtual_key", ask())
    assert (check.name, check.ok) == ("inside virtual key", False)
    assert check.measured == f"{reason}; tasks 2, serving 1, answers 200 401"


def test_that_it_failed_is_a_finding(stub):
    """Lambda answers 200 and tells the error in the payload."""
    error = {"errorType": "KeyError", "errorMessage": "'NAMESPACE'"}
    answering(stub, error, FunctionError="Unhandled")
    assert ask() == Observation("the observer failed: KeyError: 'NAMESPACE'", asked=False)


@pytest.mark.parametrize(
    "code", ["ResourceNotFoundException", "AccessDeniedException", "ResourceNotReadyException"]
)
def test_that_it_cannot_be_asked_is_a_finding(stub, code):
    """It is gone, not ours, or without its interfaces as nobody asked it for weeks: the check says which."""
    stub.add_client_error("invoke", code, "no")
    assert ask() == Observation(f"the observer cannot be asked: {code}", asked=False)
