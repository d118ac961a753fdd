"""The playbook and what its rows rest on: capacity, proposals; and the stories of crashing tasks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stargate.domain.operating.facts import Deployment, Facts, Minute, ScalingFacts, ServiceFacts
from stargate.domain.operating.predicates import release_rolling_out, tracking_cannot_help
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.scaling.capacity import tasks_needed
from stargate.domain.signals.signal import Severity
from tests.unit.operating.loop_play import NAME, LoopPlay


@pytest.fixture
def play():
    return LoopPlay()


# Rows.


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("is_open", [True, False])
def test_every_condition_finds_a_row(play, severity, is_open):
    """The last two rows fit everything."""
    play.alarm(f"stargate-{NAME}-database-cpu-warning", "ALARM")
    condition = play.condition("cpu-high#database")
    changed = replace(condition, kind="odd", severity=severity, open=is_open)
    assert any(rule.fits(changed, play.clock.now()) for rule in DEFAULT)


# Capacity.


def minutes(*figures):
    """(CPU, tasks, response) of each minute, the newest last."""
    return [
        Minute(60.0 * index, cpu, tasks, 1000.0, response)
        for index, (cpu, tasks, response) in enumerate(figures)
    ]


@pytest.mark.parametrize(
    ("figures", "tasks"),
    [
        ([(70, 2, 1.0)], 2),
        ([(72, 2, 1.0)], 3),
        ([(81, 2, 1.0)], 3),
        ([(35, 4, 1.0)], 2),
        ([(0, 4, None)], 1),
        ([(53, 2, 1.0), (88, 2, 1.2)], 4),
        ([(53, 2, 1.0), (99, 2, 9.0)], 6),
        ([(99, 2, 9.0)], 5),
        ([(53, 2, None), (99, 2, None)], 5),
    ],
)
def test_tasks_are_needed_in_proportion_to_the_work(figures, tasks):
    """And where CPU is used up, to the time that people wait."""
    assert tasks_needed(minutes(*figures)).tasks == tasks


def test_the_highest_demand_of_three_minutes_counts():
    """One slack minute takes nothing away."""
    assert tasks_needed(minutes((80, 3, 1.0), (80, 3, 1.0), (40, 3, 1.0))).tasks == 4
    assert tasks_needed(minutes((80, 3, 1.0), *[(40, 3, 1.0)] * 3)).tasks == 2


def test_without_cpu_there_is_no_estimate():
    """Whoever asks must know."""
    assert tasks_needed([]) is None
    assert tasks_needed([Minute(0.0, None, 2.0), Minute(60.0, 50.0, None)]) is None


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.floats(0.5, 50), st.one_of(st.none(), st.floats(0, 1000))),
        min_size=1,
        max_size=15,
    )
)
@settings(max_examples=200)
def test_more_work_never_asks_for_fewer_tasks(figures):
    """And never for more than three times what is busy, or none."""
    needed = tasks_needed(minutes(*figures)).tasks
    more = [(min(cpu + 5, 84.0) if cpu < 80 else cpu, tasks, response) for cpu, tasks, response in figures]
    assert 1 <= needed <= 3 * max(tasks for _, tasks, _ in figures) + 1
    assert tasks_needed(minutes(*more)).tasks >= needed


# Predicates.


@pytest.mark.parametrize(
    ("scaling", "words"),
    [
        (ScalingFacts(2, 6), ""),
        (ScalingFacts(2, 6, suspended=True), "it is suspended"),
        (ScalingFacts(3, 3), "it is pinned to 3 tasks"),
        (ScalingFacts(2, 6, failure="access denied"), "its newest activity failed, access denied"),
        (None, ""),
    ],
)
def test_why_target_tracking_cannot_help(scaling, words):
    """In words, for the ledger; at its maximum it has helped as far as it may."""
    assert tracking_cannot_help(Facts(scaling=scaling, minutes=tuple(minutes((80, 6, 1.0))))) == words


def deployments(*given_):
    return Facts(service=ServiceFacts(2, 2, tuple(Deployment(*one, created_at=0.0) for one in given_)))


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ([("d1", "PRIMARY", "COMPLETED", "t:1")], ""),
        (
            [("d2", "PRIMARY", "IN_PROGRESS", "t:2"), ("d1", "ACTIVE", "COMPLETED", "t:1")],
            "deployment d2 is in progress",
        ),
        ([("d2", "PRIMARY", "IN_PROGRESS", "t:1"), ("d1", "ACTIVE", "COMPLETED", "t:1")], ""),
        ([("d1", "PRIMARY", "IN_PROGRESS", "t:1")], "deployment d1 is in progress"),
    ],
)
def test_a_restart_is_no_release(given_, expected):
    """Stopping it would bring back the very same."""
    assert release_rolling_out(deployments(*given_)) == expected
    assert release_rolling_out(Facts()) == ""


# Crashing tasks, as stories.


def crashes(play, number=3, seconds=60):
    outcomes = []
    for index in range(number):
        play.clock.pass_seconds(seconds)
        outcomes.append(play.crash(f"t{index}"))
    return outcomes


def test_a_task_that_crashes_once_is_left_to_ecs(play):
    """Noticed, and nothing is needed: the ledger says so."""
    (outcome,) = crashes(play, 1)
    assert outcome.decided == "none"
    assert play.summaries("decision") == ["no action: ECS replaces a stopped task by itself"]
    play.tick(200)
    assert play.condition("task-stopped#litellm").open
    play.tick(200)
    assert not play.condition("task-stopped#litellm").open
    assert "steady" in play.summaries("decision")[-1]
    assert play.operations.open_environments() == []


def test_a_crash_loop_without_a_release_restarts_the_service_once(play):
    """And not again while it may still help, nor after it did not."""
    assert [outcome.decided for outcome in crashes(play)] == ["none", None, "act"]
    play.performs()
    assert play.services.done == [("restart", f"stargate-{NAME}", "litellm")]
    assert play.verifies()["outcome"] == "not_yet"
    play.crash("t9")
    play.clock.pass_seconds(1300)
    assert play.verifies()["outcome"] == "missed"
    play.settles("missed")
    play.crash("t10")
    play.tick()
    assert len(play.services.done) == 1
    assert "page a person" in play.summaries("decision")[-1]


def test_a_restart_that_helps_ends_the_crash_loop(play):
    """Steady again, quiet for five minutes."""
    crashes(play)
    play.performs()
    play.services.settle()
    play.clock.pass_seconds(60)
    assert play.verifies()["outcome"] == "not_yet"
    play.clock.pass_seconds(240)
    found = play.verifies()
    assert (found["outcome"], found["measured"]) == ("reached", {"steady": 1, "quiet_seconds": 300})
    play.settles("reached")
    play.tick(60)
    assert not play.condition("task-stopped#litellm").open


def test_a_restart_that_does_not_help_is_missed_although_the_service_is_steady_at_times(play):
    """Between two crashes all tasks run."""
    crashes(play)
    play.performs()
    play.services.settle()
    for number in range(5):
        play.clock.pass_seconds(240)
        play.crash(f"later{number}")
        assert play.verifies()["outcome"] == ("missed" if number == 4 else "not_yet")


def test_a_crash_loop_of_a_release_stops_the_deployment(play):
    """What ran before comes back."""
    play.services.deploy("d-2", "t:2")
    crashes(play)
    (action,) = play.actions()
    assert (action.kind, action.target) == ("stop_deployment", {"deployment": "d-2"})
    assert play.runs() == "reached"
    assert play.services.done == [("stop deployment", f"stargate-{NAME}", "litellm")]


def test_a_deployment_that_was_replaced_meanwhile_is_not_stopped(play):
    """Somebody deployed what works."""
    play.services.deploy("d-2", "t:2")
    crashes(play)
    play.services.deploy("d-3", "t:3")
    assert play.runs() == "withdrawn"
    assert play.services.done == []


def test_a_restart_while_somebody_deploys_waits_for_that(play):
    """A deployment of the same brings new tasks too."""
    crashes(play, 2)
    play.services.deploy("d-2", "t:1")
    assert play.crash("t9").decided == "none"
    assert "a deployment is under way" in play.summaries("decision")[-1]


def test_a_restart_that_was_cut_off_is_not_done_twice(play):
    """The deployment since then is its own."""
    crashes(play)
    play.performs()
    assert play.performs()["performed"]
    assert len(play.services.done) == 1


def test_a_stop_of_a_deployment_that_was_cut_off_is_not_done_twice(play):
    """It is not under way any more, so it was stopped."""
    play.services.deploy("d-2", "t:2")
    crashes(play)
    play.performs()
    assert play.performs()["performed"]
    assert len(play.services.done) == 1


def test_a_service_or_a_deployment_that_is_gone_meanwhile_needs_nothing(play):
    """Withdrawn, with the reason."""
    play.services.deploy("d-2", "t:2")
    crashes(play)
    play.services.settle()
    assert play.runs() == "withdrawn"
    play.tick()
    play.services.facts = None
    assert play.runs() == "withdrawn"
    assert "has no service" in play.summaries("decision")[-1]


def test_a_service_that_cannot_start_tasks_is_helped_at_once(play):
    """Without waiting for the third stop."""
    assert play.take(play.service_event("SERVICE_TASK_START_IMPAIRED")).decided == "act"


def test_normal_stops_are_noted_and_open_nothing(play):
    """The inner loop scales in."""
    event = play.task_event("t1", "ServiceSchedulerInitiated", stoppedReason="Scaling activity initiated")
    assert play.take(event).outcome == "ignored"
    assert play.take(event).outcome == "repeated"
    assert len(play.summaries("note")) == 1
    assert play.condition("task-stopped#litellm") is None


def test_a_failed_deployment_is_recorded_until_one_is_complete(play):
    """Its own circuit breaker rolls it back; the examination sees the end if nobody tells."""
    play.take(play.service_event("SERVICE_DEPLOYMENT_FAILED", "ECS Deployment State Change"))
    assert play.condition("deployment-failed#litellm").open
    play.tick(400)
    assert not play.condition("deployment-failed#litellm").open
