"""What stops a drill half way, and a crash anywhere: everything is put back, and the row says why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.drills.budget import Hour
from stargate.domain.drills.drill import DrillStatus
from stargate.domain.environment import Status
from stargate.domain.life.rest import Rest
from stargate.domain.operating.conditions import Condition
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.operations import Change
from stargate.domain.signals.signal import Severity
from stargate.errors import ConflictError, DrillOverError, DrillStoppedError, InvalidRequestError
from stargate.usecases.drills.notice_drill_end import NoticeDrillEnd
from tests.unit.drills.drill_play import DrillPlay
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME


def incident(play):
    """CPU of LiteLLM is what a failover may bring; a grafana task's stop brings none."""
    play.loop.load(92)
    play.loop.alarm(CRITICAL, "ALARM")


def change(play, **facts):
    table = play.loop.table
    table.environments[IDENTIFIER] = replace(table.environments[IDENTIFIER], **facts)


REASONS = {
    "operator": (lambda play: play.stop(NAME, play.ids[1], {"reason": "release"}), "stopped by ann: release"),
    "budget": (
        lambda play: setattr(play.errors, "hours_counted", (Hour(1000.0, 1000.0),) * 4),
        "error budget is used up",
    ),
    "incident": (incident, "none of the drill's: cpu-high#litellm"),
    "switch": (lambda play: play.loop.turn_switch({"actions": "off", "reason": "no"}), "switched off: no"),
    "change": (lambda play: change(play, status=Status.UPDATING), "somebody else works on it"),
    "deadline": (lambda play: play.clock.pass_seconds(1501), "deadline is over"),
    "lease": (lambda play: play.settle(*play.ids, "put_back"), "lease is gone"),
}


@pytest.mark.parametrize("condition", REASONS)
def test_before_anything_is_broken_it_breaks_nothing(condition):
    """Each stop condition is asked before the failure, too."""
    play = DrillPlay(kind="grafana-task")
    play.begun()
    brings, words = REASONS[condition]
    brings(play)
    with pytest.raises(DrillStoppedError, match=words):
        play.inject(*play.ids)
    assert (play.tasks.stopped, play.drill.injected_at) == ({}, None)


@pytest.mark.parametrize("condition", REASONS)
def test_after_the_failure_it_is_put_back(condition):
    """Alarms and loop are as they were; the drill is STOPPED with the reason."""
    play = DrillPlay(kind="grafana-task")
    play.begun()
    play.drills.set(
        replace(play.drill, injected_at=play.clock.now(), broken=("grafana",)), "injected_at", "broken"
    )
    brings, words = REASONS[condition]
    brings(play)
    with pytest.raises(DrillStoppedError, match=words) as stopped:
        play.tend(*play.ids)
    assert words in play.drill.stop_reason
    play.settle(*play.ids, "failed", f"DrillStoppedError: {stopped.value}", "DrillStoppedError")
    assert (play.drill.status, play.alarms.off, play.muted) == (DrillStatus.STOPPED, set(), False)
    assert words in play.drill.reason
    assert "was stopped, and everything was put back" in play.told("drill")[-1]


def test_a_watch_ends_when_the_drill_is_stopped():
    """Within seconds, with what it has seen; nothing was broken."""
    play = DrillPlay()
    play.begun()
    play.stop(NAME, play.ids[1], None)
    watch = replace(play.watch, watch=replace(play.fake_watch, see=lambda _: []))
    began = play.clock.now()
    assert watch(*play.ids) == {"probes": 0, "recovered": False}
    assert play.clock.now() - began < 10


def test_the_first_word_of_an_operator_stays():
    """A second stop changes nothing, and one of a drill that is over is refused."""
    play = DrillPlay()
    play.begun()
    play.stop(NAME, play.ids[1], {"reason": "first"})
    assert play.stop(NAME, play.ids[1], {"reason": "second"})["stop_reason"] == "stopped by ann: first"
    play.settle(*play.ids, "failed", "stopped")
    with pytest.raises(DrillOverError):
        play.stop(NAME, play.ids[1], None)


@pytest.mark.parametrize("request_", [{"why": "no"}, {"reason": 5}, {"reason": "x" * 201}, []])
def test_a_stop_with_bad_input_stops_nothing(request_):
    """Told with what is allowed."""
    play = DrillPlay()
    play.begun()
    with pytest.raises(InvalidRequestError):
        play.stop(NAME, play.ids[1], request_)
    assert play.drill.stop_reason == ""


@pytest.mark.parametrize("kind", ["keys-refused", "cpu-high", "errors-high"])
def test_what_a_failover_brings_does_not_stop_it(kind):
    """A LiteLLM that refuses keys, or is busy making connections anew, is the drill's own."""
    play = DrillPlay()
    play.begun()
    now = play.clock.now()
    condition = Condition(kind, "litellm", Severity.CRITICAL, True, now, now, "e1")  # noqa: FBT003
    play.loop.operations.record(IDENTIFIER, Change((condition,)))
    assert play.tend(*play.ids)["over"] is False


STATES = {
    "requested": lambda play: play.requested(),
    "announced": lambda play: play.begun(),
    "steady": lambda play: play.steady(),
    "broken": lambda play: (play.steady(), play.inject(*play.ids)),
    "tended": lambda play: (STATES["broken"](play), play.tend(*play.ids)),
    "watched": lambda play: (play.begun(), play.watch(*play.ids)),
    "put back": lambda play: (STATES["watched"](play), play.settle(*play.ids, "put_back")),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("notices", ["event", "sweep"])
def test_a_crash_in_any_state_leaves_nothing_muted(state, notices):
    """Its end is an event, and where that is lost the next tick finds the workflow gone."""
    play = DrillPlay()
    STATES[state](play)
    name = play.drill.execution_name
    if notices == "event":
        NoticeDrillEnd(play.settle)(name, "ABORTED", "Stopped", "by hand")
    else:
        play.workflow.statuses[name] = "FAILED"
        play.keep()
    assert (play.muted, play.alarms.off) == (False, set())
    assert play.drill.status is DrillStatus.FAILED
    assert play.drill.reason


def test_a_workflow_that_never_began_is_given_up():
    """The API died between the row and the start; five minutes are time enough."""
    play = DrillPlay()
    play.requested()
    play.workflow.statuses.clear()
    play.keep()
    assert play.drill.status is DrillStatus.REQUESTED
    play.clock.pass_seconds(301)
    play.keep()
    assert (play.drill.status, play.drill.reason) == (DrillStatus.FAILED, "its workflow never began")


def test_a_function_that_was_at_work_when_all_was_put_back_is_cleaned_up_after():
    """It muted after the unmuting; two minutes later nobody can be at work, and it is looked at once more."""
    play = DrillPlay()
    play.begun()
    muted = play.drill.muted
    NoticeDrillEnd(play.settle)(play.drill.execution_name, "ABORTED", "Stopped", "by hand")
    play.alarms.mute(["us-east-1"], muted)
    play.keep()
    assert play.alarms.off == set(muted), "it may still be at work"
    play.clock.pass_seconds(121)
    play.keep()
    assert (play.alarms.off, play.drill.swept) == (set(), True)
    play.alarms.mute(["us-east-1"], muted)
    play.keep()
    assert play.alarms.off == set(muted), "what somebody mutes later is theirs"


def by_an_action(play, alarms):
    hold = Hold("alarms:litellm", "litellm", "mute_alarms", CRITICAL, {"alarms": alarms}, {}, 0.0, "a1", 1)
    play.loop.operations.record(IDENTIFIER, Change((hold,), ()))


def by_sleep(play, alarms):
    change(play, rest=Rest((), alarms))


def by_another_drill(play, alarms):
    play.drills.put(
        replace(play.drill, drill_id="another", put_back_at=None, muted=alarms, requested_at=play.clock.now())
    )


@pytest.mark.parametrize("muted_again", [by_an_action, by_sleep, by_another_drill])
def test_what_others_have_muted_since_is_theirs(muted_again):
    """The sweep wakes all else that was the drill's, and they give back what they took."""
    play = DrillPlay()
    play.begun()
    first, *others = play.drill.muted
    NoticeDrillEnd(play.settle)(play.drill.execution_name, "ABORTED", "Stopped", "by hand")
    muted_again(play, (first,))
    play.alarms.mute(["us-east-1"], (first, *others))
    play.settle.put_back_again(*play.ids)
    assert others
    assert (play.alarms.off, play.drill.swept) == ({first}, True)


def test_an_end_of_nobodys_drill():
    """Somebody started the workflow by hand."""
    NoticeDrillEnd(DrillPlay().settle)("nobody-nothing", "ABORTED", "", "")


def test_a_row_that_others_write_is_tried_again(monkeypatch):
    """The loop looks at its rows each minute; a clean-up gives up only after several tries, loudly."""
    play = DrillPlay()
    play.begun()
    tries = iter([ConflictError("busy")] * 2)
    record = play.loop.operations.record

    def busy(*arguments):
        found = next(tries, None)
        if found:
            raise found
        record(*arguments)

    monkeypatch.setattr(play.loop.operations, "record", busy)
    assert play.settle(*play.ids, "put_back") == {"put_back": True}
    assert not play.muted
