"""Every path through the workflow `drill_restore`, each test named by the states it goes through."""

from __future__ import annotations

import pytest

from tests.workflows.stage import answers, in_turn, raises

WORKFLOW = "DrillRestoreWorkflow"
DRILL = {"environment_id": "0123456789ab", "drill_id": "1795480214493-0123456789ab"}
WELL = ["Announce", "Mark", "Restore beside", "Check it", "Delete it", "Judge"]
FAILURE = ["Settle failed", "Drill failed"]
NOT_YET = raises("NotRestoredYetError", "creating")


def step(stage_of, name):
    """What the function is asked for the step, as the test plays it."""
    return lambda payload: stage_of[name](payload) if payload["step"] == name else {}


def play(stage, rehearse=None, **parts):
    given = {
        "begin_drill": answers({"kind": "database-restore"}),
        "rehearse_restore": rehearse or answers({}),
        "settle_drill": answers({"put_back": True}),
    }
    return stage.play(WORKFLOW, DRILL, **{**given, **parts})


def steps(run):
    return [payload["step"] for payload in run.asked("rehearse-restore")]


def test_marked_restored_checked_deleted_judged(stage):
    """One after the other, and deleted before it is judged."""
    run = play(stage)
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == WELL
    assert steps(run) == ["mark", "restore", "check", "judge"]
    assert [payload["outcome"] for payload in run.asked("settle-drill")] == ["put_back"]
    assert all({**payload, **DRILL} == payload for _, payload in run.calls)


@pytest.mark.parametrize("name", ["mark", "restore", "check"])
def test_not_yet_is_asked_again(stage, name):
    """RDS takes its time for each of them."""
    turns = {name: in_turn(NOT_YET, NOT_YET, answers({}))}
    run = play(stage, step(turns, name))
    assert run.status == "SUCCEEDED", run.cause
    assert steps(run).count(name) == 3


def test_a_deletion_that_takes_its_time_is_waited_for(stage):
    """It is gone before the verdict is told."""
    turns = in_turn(*[raises("NotPutBackYetError", "deleting")] * 3, answers({"put_back": True}))
    run = play(stage, settle_drill=turns)
    assert run.status == "SUCCEEDED", run.cause
    assert len(run.asked("settle-drill")) == 4


@pytest.mark.parametrize("name", ["mark", "restore", "check", "judge"])
@pytest.mark.parametrize("error", ["DrillStoppedError", "DrillInterruptedError", "ActionRefusedError"])
def test_whatever_breaks_it_is_deleted(stage, name, error):
    """A failure in any state leads through the clean-up, with the reason it began with."""
    run = play(stage, step({name: raises(error, "no")}, name))
    assert run.status == "FAILED"
    assert run.path[-2:] == FAILURE
    assert (run.error, run.asked("settle-drill")[-1]["error"]) == (error, error)
    assert run.asked("settle-drill")[-1]["outcome"] == "failed"


def test_a_refusal_at_the_beginning_has_nothing_to_delete(stage):
    """It goes through the clean-up all the same."""
    run = play(stage, begin_drill=raises("DrillRefusedError", "no"))
    assert run.path == ["Announce", *FAILURE]
