"""Every path through the workflow `remediate`, each test named by the states it goes through."""

from __future__ import annotations

import json

import pytest
from ministack.services import stepfunctions

from tests.workflows.stage import answers, deploy, in_turn, raises, start

WORKFLOW = "RemediateWorkflow"
ACTION = {"environment_id": "0123456789ab", "action_id": "1795480214493-0123456789ab"}
NAME = "-".join(ACTION.values())
FAILURE = ["Settle failed", "Remediation failed"]
TO_VERIFY = ["Perform", "Performed?", "Wait for the effect", "Verify"]
AGAIN = ["Reached?", "Wait for the effect", "Verify"]

PERFORMED = answers(
    {"performed": True, "reason": "minimum of litellm raised from 2 to 4", "wait_seconds": 30}
)
WITHDRAWN = answers({"performed": False, "reason": "held by guard switch", "wait_seconds": 0})


def verified(outcome, cpu=54.2):
    return answers({"outcome": outcome, "reason": f"cpu is {cpu}", "measured": {"cpu": cpu, "running": None}})


def play(stage, **parts):
    return stage.play(WORKFLOW, ACTION, **{"perform_action": PERFORMED, **parts})


def settled(run):
    """What the action was told, without which one it is."""
    return [
        {key: value for key, value in payload.items() if key not in ACTION}
        for payload in run.asked("settle-action")
    ]


def test_perform_wait_verify_reached_settle(stage):
    """What was measured is what is settled, a missing value included."""
    run = play(stage, verify_effect=verified("reached"))
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == [*TO_VERIFY, "Reached?", "Settle"]
    assert settled(run) == [
        {"outcome": "reached", "reason": "cpu is 54.2", "measured": {"cpu": 54.2, "running": None}}
    ]


def test_everybody_is_told_which_action_of_which_environment(stage):
    """No function has to guess what it is called for."""
    run = play(stage, verify_effect=verified("reached"))
    assert [name for name, _ in run.calls] == ["perform-action", "verify-effect", "settle-action"]
    assert all({**payload, **ACTION} == payload for _, payload in run.calls)


def test_not_yet_twice_then_reached(stage):
    """Measured again after each wait; only the last word is settled."""
    waiting = verified("not_yet", 83.0)
    run = play(stage, verify_effect=in_turn(waiting, waiting, verified("reached")))
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == [*TO_VERIFY, *AGAIN, *AGAIN, "Reached?", "Settle"]
    (told,) = settled(run)
    assert told["outcome"] == "reached"


def test_missed_settle(stage):
    """An effect that does not come is an outcome, no failure of the workflow."""
    run = play(stage, verify_effect=verified("missed", 91.0))
    assert run.status == "SUCCEEDED", run.cause
    assert run.path[-2:] == ["Reached?", "Settle"]
    (told,) = settled(run)
    assert (told["outcome"], told["reason"]) == ("missed", "cpu is 91.0")


def test_a_withdrawn_action_ends_at_once(stage):
    """A guard held it at the last moment: nothing was touched, so there is nothing to wait for."""
    run = play(stage, perform_action=WITHDRAWN)
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == ["Perform", "Performed?", "Nothing was touched"]
    assert [name for name, _ in run.calls] == ["perform-action"]


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"perform_action": raises("AwsDeniedError", "not authorized to")}, ["Perform"]),
        ({"verify_effect": raises("AwsDeniedError", "not authorized to")}, TO_VERIFY),
        ({"perform_action": raises("KeyError", "'ScalableTargets'")}, ["Perform"]),
        ({"verify_effect": raises("KeyError", "'Values'")}, TO_VERIFY),
        ({"perform_action": answers({"performed": True})}, ["Perform"]),
        ({"verify_effect": answers({"outcome": "reached"})}, TO_VERIFY),
    ],
    ids=[
        "perform denied",
        "verify denied",
        "perform breaks",
        "verify breaks",
        "no wait told",
        "no reason told",
    ],
)
def test_whatever_fails_is_settled_as_failed(stage, parts, path):
    """The action is told error and cause, and the execution ends with them."""
    run = play(stage, **{"verify_effect": verified("reached"), **parts})
    assert run.status == "FAILED"
    assert run.path == [*path, *FAILURE]
    (told,) = settled(run)
    assert told == {"outcome": "failed", "error": run.error, "cause": run.cause}
    assert run.error


def test_settling_fails_then_it_is_settled_as_failed(stage):
    """A lease must not stay behind: what could not be told as reached is told as failed."""
    run = play(
        stage,
        verify_effect=verified("reached"),
        settle_action=in_turn(raises("UnreadableRowError", "ops#lease#capacity:litellm"), answers({})),
    )
    assert run.path == [*TO_VERIFY, "Reached?", "Settle", *FAILURE]
    assert [told["outcome"] for told in settled(run)] == ["reached", "failed"]
    assert run.error == "UnreadableRowError"


def test_not_even_the_failure_can_be_settled(stage):
    """The execution fails with its first error; its end is an event, and somebody else settles."""
    broken = raises("EnvironmentNotFoundError", "there is no environment")
    run = play(stage, perform_action=raises("ActionNotFoundError", "no action"), settle_action=broken)
    assert run.path == ["Perform", *FAILURE]
    assert run.error == "ActionNotFoundError"
    assert len(settled(run)) == 1


@pytest.mark.parametrize(
    "error",
    [
        "Lambda.TooManyRequestsException",
        "Lambda.ServiceException",
        "Lambda.SdkClientException",
        "AwsThrottledError",
        "ConflictError",
        "States.Timeout",
    ],
)
def test_what_passes_by_itself_is_asked_again(stage, error):
    """A busy Lambda, a throttle of AWS's, a row written in between: no failure of any of the three."""
    once = raises(error, "again, please")
    run = play(
        stage,
        perform_action=in_turn(once, PERFORMED),
        verify_effect=in_turn(once, verified("reached")),
        settle_action=in_turn(once, answers({})),
    )
    assert run.status == "SUCCEEDED", run.cause
    names = [name for name, _ in run.calls]
    assert [names.count(name) for name in ("perform-action", "verify-effect", "settle-action")] == [2, 2, 2]


def test_a_throttle_that_does_not_pass_is_given_up(stage):
    """Six more attempts, then the action failed with AWS's words."""
    run = play(stage, perform_action=raises("AwsThrottledError", "RegisterScalableTarget: Rate exceeded"))
    assert run.path == ["Perform", *FAILURE]
    assert len(run.asked("perform-action")) == 7
    assert "RegisterScalableTarget: Rate exceeded" in settled(run)[0]["cause"]


def test_an_effect_that_is_never_decided_ends_with_the_hour(stage):
    """verify_effect says missed by itself; if it never did, the machine's own time-out ends the loop."""
    run = play(stage, verify_effect=verified("not_yet"))
    assert run.status == "TIMED_OUT"
    assert 60 <= len(run.asked("verify-effect")) <= 120
    assert settled(run) == []


def test_the_same_action_started_twice_runs_once(stage):
    """The second start under the same name and input is the first one's execution."""
    stage.cast(perform_action=PERFORMED, verify_effect=verified("reached"))
    machine = deploy(WORKFLOW)
    first = start(machine, ACTION, NAME)
    assert start(machine, ACTION, NAME) == first
    assert stage.ran(WORKFLOW, first).status == "SUCCEEDED"
    assert len(stage.calls) == 3


def test_the_same_action_started_after_its_end_is_refused(stage):
    """A late copy of the event that led to it performs nothing again."""
    stage.cast(perform_action=PERFORMED, verify_effect=verified("reached"))
    machine = deploy(WORKFLOW)
    stage.ran(WORKFLOW, start(machine, ACTION, NAME))
    request = {"stateMachineArn": machine, "input": json.dumps(ACTION), "name": NAME}
    status, _, body = stepfunctions._start_execution(request)
    assert status == 400
    assert "ExecutionAlreadyExists" in str(body)
    assert len(stage.calls) == 3
