"""How an environment ends: ready, failed or retired, and who may say so."""

from __future__ import annotations

import json

import pytest

from stargate.domain.environment import Status
from stargate.domain.gateway.front_door import Answer
from stargate.domain.gateway.observer import ASKED
from stargate.errors import GatewayNotWellError, LeftoversError
from stargate.usecases.provisioning.check_gateway import CheckGateway
from stargate.usecases.provisioning.check_retired import CheckRetired
from stargate.usecases.provisioning.notice_workflow_end import NoticeWorkflowEnd
from tests import fakes
from tests.unit.play import Play


@pytest.fixture
def play():
    play = Play()
    play.ask()
    return play


def settle(play, outcome, error="", cause="", attempt=1):
    return play.settle(play.environment.environment_id, attempt, outcome, error, cause)


def test_a_workflow_that_dies_leaves_its_environment_failed_with_the_reason(play):
    """The last net: nobody else settled it."""
    notice = NoticeWorkflowEnd(play.settle)
    notice(f"{play.environment.environment_id}-1", "TIMED_OUT", "", "")
    document = play.show.one("sandbox")
    assert document["status"] == "FAILED"
    assert document["failure"]["reason"] == "the workflow ended TIMED_OUT"


def test_the_end_of_an_older_workflow_changes_nothing(play):
    """Attempt 1 ends late, while attempt 2 runs."""
    settle(play, Status.FAILED, "States.Timeout", "slow")
    play.ask()
    NoticeWorkflowEnd(play.settle)(f"{play.environment.environment_id}-1", "ABORTED", "", "")
    assert play.show.one("sandbox")["status"] == "PROVISIONING"


@pytest.mark.parametrize("name", ["by-hand", "unknown-1", "nothing"])
def test_an_execution_of_no_environment_is_ignored(play, name):
    """Somebody may start a workflow by hand."""
    NoticeWorkflowEnd(play.settle)(name, "FAILED", "", "")
    assert play.show.one("sandbox")["status"] == "PROVISIONING"


def test_settling_twice_says_what_was_settled_first(play):
    """A failure that comes after READY does not undo it."""
    assert settle(play, Status.READY) is Status.READY
    assert settle(play, Status.FAILED, "late", "late") is Status.READY
    assert play.summaries().count("sandbox is READY") == 1


def test_a_provisioning_cannot_end_retired(play):
    """Each workflow has its own end."""
    assert settle(play, Status.RETIRED) is Status.PROVISIONING


@pytest.mark.parametrize(
    ("error", "cause", "reason"),
    [
        ("StackFailedError", json.dumps({"stack": "data", "reason": "no capacity"}), "no capacity"),
        (
            "PreflightError",
            json.dumps({"errorMessage": "no zones", "errorType": "PreflightError"}),
            "no zones",
        ),
        ("States.Timeout", "it took too long", "it took too long"),
        ("States.Timeout", "", "States.Timeout"),
        ("Odd", "[1]", "[1]"),
    ],
)
def test_the_reason_is_read_from_whatever_the_workflow_knows(play, error, cause, reason):
    """Our own failure, a function's exception, or plain text."""
    settle(play, Status.FAILED, error, cause)
    assert play.show.one("sandbox")["failure"]["reason"] == reason


def check_gateway(play, door=None, observer=None, **changes):
    door = door or fakes.FakeFrontDoor()
    observer = observer or fakes.FakeObserver()
    check = CheckGateway(play.environments, play.stacks, fakes.FakeGauges(**changes), door, observer)
    return check(play.environment.environment_id, 1)


def stood(play):
    play.begin_provision()
    play.stand_all()
    return play


def test_a_gateway_that_is_well_has_every_check_recorded(play):
    """Each with what was measured and what was asked."""
    check_gateway(stood(play))
    checks = play.show.one("sandbox")["checks"]
    assert all(check["ok"] for check in checks)
    assert {"name": "targets litellm", "ok": True, "measured": "2 healthy", "bound": ">= 1 healthy"} in checks


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"database_state": ("modifying", True)}, "database: modifying"),
        ({"database_state": ("available", False)}, "one zone, asked available, multi-AZ"),
        ({"distribution_state": ("InProgress", True)}, "distribution: InProgress"),
        ({"service_states": {}}, "service litellm: 0 running, absent"),
        ({"healthy": 0}, "targets litellm: 0 healthy"),
    ],
)
def test_a_gateway_that_is_not_well_says_what_is_missing(play, changes, words):
    """And the failing check can be read in the environment."""
    with pytest.raises(GatewayNotWellError, match=words):
        check_gateway(stood(play), **changes)
    assert not all(check["ok"] for check in play.show.one("sandbox")["checks"])


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        (
            "/health/liveliness",
            Answer(503, 0.2),
            r"litellm: /health/liveliness: 503 after 0\.20 s, asked 200",
        ),
        ("/v1/models", Answer(200, 0.2), r"keys: /v1/models: 200 after 0\.20 s, asked 401"),
        ("/grafana/login", Answer(200, 6.0), r"200 after 6\.00 s, asked 200 within 5 s"),
        ("/langfuse", Answer(302, 0.1, "https://elsewhere/else"), "302 to https://elsewhere/else after"),
        ("/api/public/health", Answer(0, 3.0, words="timed out"), "timed out after"),
    ],
)
def test_what_the_front_door_answers_decides(play, path, answer, words):
    """Down, open to anybody, slow, leading elsewhere or silent: each is told as it was measured."""
    door = fakes.FakeFrontDoor({path: answer})
    with pytest.raises(GatewayNotWellError, match=words):
        check_gateway(stood(play), door)


def test_what_the_observer_finds_decides(play):
    """Asked in the environment's region, verb by verb; its reason is the check's, with what it measured."""
    observer = fakes.FakeObserver({"virtual_key": "1 of 2 tasks refuses a good key"})
    with pytest.raises(
        GatewayNotWellError, match="inside virtual key: 1 of 2 tasks refuses a good key; tasks 2"
    ):
        check_gateway(stood(play), observer=observer)
    assert observer.asked == [("us-east-1", "sandbox", verb) for verb in ASKED]
    inside = [check for check in play.show.one("sandbox")["checks"] if check["name"].startswith("inside ")]
    assert [check["ok"] for check in inside] == [False, True, True, True]


def test_a_gateway_that_stands_and_is_not_well_is_degraded(play):
    """It has not failed: the failing check is its reason, and asking again measures again."""
    stood(play)
    assert settle(play, Status.FAILED, "GatewayNotWellError", "front door litellm: 503") is Status.DEGRADED
    document = play.show.one("sandbox")
    assert document["status"] == "DEGRADED"
    assert "front door litellm: 503" in document["failure"]["reason"]
    again = play.ask()
    assert (again.status, again.attempt) == (Status.PROVISIONING, 2)


def test_an_environment_is_not_retired_while_anything_is_left(play):
    """Stacks of ours and whatever carries the tag, in both regions, by name."""
    play.begin_provision(["network"])
    play.lift_protection()
    play.environment = play.retire("sandbox")
    identifier = play.environment.environment_id
    nothing = fakes.FakeRemains(play.clock)
    left = fakes.FakeInventory({"us-east-1": ["arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1"]})
    with pytest.raises(LeftoversError, match=r"stack/stargate-sandbox-network/1, .*vpc-1"):
        CheckRetired(play.environments, play.stacks, left, nothing)(identifier, 2)
    play.stacks.stacks.clear()
    CheckRetired(play.environments, play.stacks, fakes.FakeInventory(), nothing)(identifier, 2)


def test_a_retired_environment_can_still_be_read(play):
    """Progress is whole, and nothing is left to wait for."""
    play.lift_protection()
    play.retire("sandbox")
    settle(play, Status.RETIRED, attempt=2)
    document = play.show.one("sandbox")
    assert (document["status"], document["progress"], document["eta_seconds"]) == ("RETIRED", 1.0, None)
