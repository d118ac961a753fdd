"""One-off tasks: what ECS says of one that it does not start, told apart by what to do about it."""

from __future__ import annotations

import pytest
from botocore.stub import Stubber

from stargate.adapters import aws
from stargate.adapters.gateway.ecs import EcsTasks
from stargate.errors import AwsThrottledError, TaskRefusedError

PLACE = ("us-west-1", "stargate-blue", "stargate-blue-prepare-database")


@pytest.fixture
def ecs(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    aws.client.cache_clear()
    with Stubber(aws.client("ecs", PLACE[0])) as stub:
        yield stub
        stub.assert_no_pending_responses()
    aws.client.cache_clear()


def start():
    return EcsTasks().start(*PLACE, ["subnet-1"], "sg-1", "stargate/blue", "blue-1-prepare-database")


def test_a_start_that_is_throttled_can_be_asked_for_again(ecs):
    """ECS answers it by 400, as what it would refuse again; it ends no creation."""
    ecs.add_client_error("run_task", "ThrottlingException", "Rate exceeded.", 400)
    with pytest.raises(AwsThrottledError, match="RunTask: Rate exceeded"):
        start()


@pytest.mark.parametrize("code", ["ClientException", "AccessDeniedException"])
def test_a_start_that_is_refused_is_told_in_its_words(ecs, code):
    """A task definition that is not there, a right that is missing: the same again helps nothing."""
    ecs.add_client_error("run_task", code, "no such thing for you", 400)
    with pytest.raises(TaskRefusedError, match="no such thing for you"):
        start()


def test_where_there_is_no_room_it_is_said(ecs):
    """No error of ECS's, but a failure within its answer."""
    failures = [{"reason": "Capacity is unavailable at this time."}]
    ecs.add_response("run_task", {"tasks": [], "failures": failures})
    with pytest.raises(TaskRefusedError, match="Capacity is unavailable"):
        start()
