"""Every path through the workflow `drill`, each test named by the states it goes through."""

from __future__ import annotations

import pytest
from ministack.services import stepfunctions

from tests.workflows.stage import answers, deploy, in_turn, raises, start

WORKFLOW = "DrillWorkflow"
DRILL = {"environment_id": "0123456789ab", "drill_id": "1795480214493-0123456789ab"}
FAILURE = ["Settle failed", "Drill failed"]
WELL = ["Announce and mute", "Measure", "Put back and unmute", "Score"]

INJECTED = answers({"injected": True, "wait_seconds": 5})
NOT_YET = answers({"injected": False, "wait_seconds": 5})
OVER = answers({"over": True, "wait_seconds": 10})
LASTS = answers({"over": False, "wait_seconds": 10})


def play(stage, **parts):
    given = {
        "begin_drill": answers({"kind": "database-failover"}),
        "watch_gateway": answers({"probes": 1800, "recovered": True}),
        "inject_failure": INJECTED,
        "tend_drill": OVER,
        "score_drill": answers({"verdict": "met"}),
        "settle_drill": answers({"put_back": True}),
    }
    return stage.play(WORKFLOW, DRILL, **{**given, **parts})


def unmuted(run):
    return [payload["outcome"] for payload in run.asked("settle-drill")]


def test_announce_measure_put_back_score(stage):
    """Mute, break and watch at the same time, put back, and only then judge."""
    run = play(stage)
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == WELL
    assert unmuted(run) == ["put_back"]
    names = [name for name, _ in run.calls]
    assert names[0] == "begin-drill"
    assert names[-2:] == ["settle-drill", "score-drill"]
    assert all({**payload, **DRILL} == payload for _, payload in run.calls)


def test_bounds_are_being_moved_at_first(stage):
    """The outer loop is waited for before anything is muted."""
    moved = in_turn(
        *[raises("DrillWaitsError", "bounds being moved")] * 12, answers({"kind": "grafana-task"})
    )
    run = play(stage, begin_drill=moved)
    assert run.status == "SUCCEEDED", run.cause
    assert (run.path, len(run.asked("begin-drill"))) == (WELL, 13)


def test_not_steady_twice_then_injected_then_recovered_late(stage):
    """Nothing is broken before the gateway is steady, and the rescue looks again until it is over."""
    run = play(
        stage,
        inject_failure=in_turn(NOT_YET, NOT_YET, INJECTED),
        tend_drill=in_turn(LASTS, LASTS, LASTS, OVER),
    )
    assert run.status == "SUCCEEDED", run.cause
    assert len(run.asked("inject-failure")) == 3
    assert len(run.asked("tend-drill")) == 4


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("begin_drill", "DrillRefusedError"),
        ("watch_gateway", "DrillNotSteadyError"),
        ("inject_failure", "ActionRefusedError"),
        ("tend_drill", "DrillStoppedError"),
        ("inject_failure", "DrillStoppedError"),
        ("score_drill", "UnreadableRowError"),
    ],
)
def test_whatever_breaks_is_put_back(stage, function, error):
    """A failure in any state leads through the clean-up, with the reason it began with."""
    run = play(stage, **{function: raises(error, "no")})
    assert run.status == "FAILED"
    assert run.path[-2:] == FAILURE
    assert run.error == error
    assert unmuted(run)[-1] == "failed"
    assert run.asked("settle-drill")[-1]["error"] == error


def test_an_unmuting_that_fails_is_tried_by_the_clean_up_too(stage):
    """And the execution ends with the first error, for notice_workflow_end to give the lease back."""
    run = play(stage, settle_drill=raises("EnvironmentNotFoundError", "gone"))
    assert run.path == ["Announce and mute", "Measure", "Put back and unmute", *FAILURE]
    assert unmuted(run) == ["put_back", "failed"]


@pytest.mark.parametrize("error", ["AwsThrottledError", "ConflictError", "Lambda.ServiceException"])
def test_what_passes_by_itself_is_asked_again(stage, error):
    """No drill is lost to a throttle or to a row that somebody else wrote."""
    once = raises(error, "again, please")
    run = play(
        stage,
        inject_failure=in_turn(once, INJECTED),
        tend_drill=in_turn(once, OVER),
        settle_drill=in_turn(once, answers({"put_back": True})),
    )
    assert run.status == "SUCCEEDED", run.cause


def test_a_stopped_drill_is_an_event_that_somebody_hears(stage):
    """Stopped by an operator, no state of its own runs any more: the end is told with its name."""
    stage.cast(begin_drill=answers({}), inject_failure=NOT_YET)
    arn = start(deploy(WORKFLOW), DRILL, "-".join(DRILL.values()))
    stepfunctions._stop_execution({"executionArn": arn, "error": "Stopped", "cause": "by hand"})
    assert stage.ended.wait(30)
    assert stepfunctions._executions[arn]["status"] == "ABORTED"
