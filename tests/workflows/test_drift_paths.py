"""Every path through the workflow `drift`, each test named by the states it goes through."""

from __future__ import annotations

import pytest

from tests.workflows.stage import answers, in_turn, raises

WORKFLOW = "DriftWorkflow"
EXAMINATION = {"environment_id": "0123456789ab", "execution": "0123456789ab-drift-4"}
LOOKED = ["Examine", "What to do"]
IN_SYNC = answers({"differs": 0, "repair": False})
TO_REPAIR = answers({"differs": 2, "repair": True})
LEFT = answers({"left": "sandbox is UPDATING", "differs": 0, "repair": False})
NOT_YET = raises("DriftNotExaminedYetError", "CloudFormation looks at data")


def play(stage, **parts):
    return stage.play(WORKFLOW, EXAMINATION, **parts)


def called(run):
    return [name for name, _ in run.calls]


@pytest.mark.parametrize("answer", [IN_SYNC, LEFT, answers({"differs": 3, "repair": False})])
def test_examine_and_nothing_to_put_back(stage, answer):
    """In sync, left alone, or drift that is reported only: all are good ends."""
    run = play(stage, examine_drift=answer)
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == [*LOOKED, "Examined"]
    assert called(run) == ["examine-drift"]


def test_examine_repair(stage):
    """Both are told which examination of which environment they are called for."""
    run = play(stage, examine_drift=TO_REPAIR, repair_drift=answers({"repaired": 2, "reached": 2}))
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == [*LOOKED, "Repair", "Examined"]
    assert run.calls == [("examine-drift", EXAMINATION), ("repair-drift", EXAMINATION)]


def test_cloudformation_looks_for_minutes(stage):
    """Asked every fifteen seconds, by the same execution."""
    run = play(stage, examine_drift=in_turn(*[NOT_YET] * 20, IN_SYNC))
    assert run.status == "SUCCEEDED", run.cause
    assert len(run.asked("examine-drift")) == 21


@pytest.mark.parametrize("error", ["AwsThrottledError", "ConflictError", "Lambda.TooManyRequestsException"])
def test_what_passes_by_itself_is_asked_again(stage, error):
    """Of both functions: each does what is left."""
    passes = raises(error, "later")
    run = play(
        stage,
        examine_drift=in_turn(passes, TO_REPAIR),
        repair_drift=in_turn(passes, answers({"repaired": 1, "reached": 1})),
    )
    assert run.status == "SUCCEEDED", run.cause
    assert called(run) == ["examine-drift", "examine-drift", "repair-drift", "repair-drift"]


def test_it_looks_for_too_long(stage):
    """Half an hour, then it fails with the last words."""
    run = play(stage, examine_drift=NOT_YET)
    assert (run.status, run.error) == ("FAILED", "DriftNotExaminedYetError")
    assert "CloudFormation looks at data" in run.cause
    assert run.path[-1] == "Examination failed"
    assert len(run.asked("examine-drift")) == 121


@pytest.mark.parametrize("function", ["examine_drift", "repair_drift"])
def test_a_failure_is_the_executions_own(stage, function):
    """With its error and cause, and nothing after it."""
    parts = {"examine_drift": TO_REPAIR, function: raises("ClientError", "AccessDenied: ListSecrets")}
    run = play(stage, **parts)
    assert (run.status, run.error) == ("FAILED", "ClientError")
    assert "AccessDenied: ListSecrets" in run.cause
    assert run.path[-1] == "Examination failed"
