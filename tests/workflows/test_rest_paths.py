"""Every path through the workflows `sleep` and `wake`, each test named by the states it goes through."""

from __future__ import annotations

import pytest

from tests.workflows.stage import answers, in_turn, raises

SLEEP, WAKE = "SleepWorkflow", "WakeWorkflow"


def test_sleep_settle_asleep(stage):
    """It is asked again until the database has stopped, then ASLEEP is settled."""
    slowly = in_turn(*[raises("NotAsleepYetError", "the database is stopping")] * 3, answers({}))
    run = stage.play(SLEEP, sleep_gateway=slowly)
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == ["Sleep", "Settle asleep"]
    assert len(run.asked("sleep-gateway")) == 4
    assert run.settled == [{"outcome": "ASLEEP"}]


def test_wake_check_settle_ready(stage):
    """The gateway is measured before it counts as awake."""
    slowly = in_turn(raises("NotAwakeYetError", "the database is starting"), answers({}))
    run = stage.play(WAKE, wake_gateway=slowly)
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == ["Wake", "Check gateway", "Settle ready"]
    assert run.settled == [{"outcome": "READY"}]


def test_awake_and_not_well(stage):
    """What was restored stays restored; the failing check is the reason, and makes it DEGRADED."""
    run = stage.play(WAKE, check_gateway=raises("GatewayNotWellError", "front door litellm: 503"))
    assert run.path == ["Wake", "Check gateway", "Settle failed", "Waking failed"]
    (settled,) = run.settled
    assert (settled["outcome"], settled["error"]) == ("FAILED", "GatewayNotWellError")


@pytest.mark.parametrize(
    ("workflow", "part", "error", "path"),
    [
        (SLEEP, "sleep_gateway", "NotAsleepYetError", ["Sleep", "Settle failed", "Falling asleep failed"]),
        (SLEEP, "sleep_gateway", "AwsDeniedError", ["Sleep", "Settle failed", "Falling asleep failed"]),
        (WAKE, "wake_gateway", "NotAwakeYetError", ["Wake", "Settle failed", "Waking failed"]),
        (WAKE, "wake_gateway", "SupersededError", ["Wake", "Settle failed", "Waking failed"]),
    ],
)
def test_what_never_comes_fails_with_its_last_words(stage, workflow, part, error, path):
    """After an hour, or at once for what is not worth repeating."""
    run = stage.play(workflow, **{part: raises(error, "the database is storage-full")})
    assert run.path == path
    assert run.error == error
    assert "storage-full" in run.settled[0]["cause"]


@pytest.mark.parametrize(("workflow", "part"), [(SLEEP, "sleep_gateway"), (WAKE, "wake_gateway")])
def test_a_throttle_passes(stage, workflow, part):
    """AWS asks us to slow down, and so does a row that somebody else wrote."""
    busy = in_turn(raises("AwsThrottledError", "slow"), raises("ConflictError", "row"), answers({}))
    assert stage.play(workflow, **{part: busy}).status == "SUCCEEDED"
