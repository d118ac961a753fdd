"""What a drill needs before it may begin: each precondition refuses it by itself, and nothing is done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.drills.budget import Hour, budget_of
from stargate.domain.drills.drill import SCOPE, DrillStatus
from stargate.domain.drills.policy import Policy
from stargate.domain.environment import Status
from stargate.domain.life.schedule import Schedule
from stargate.domain.operating.leases import Lease
from stargate.domain.operating.operations import Change
from stargate.errors import DrillRefusedError, DrillStoppedError, DrillWaitsError
from tests.unit.drills.drill_play import DrillPlay
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME
from tests.unit.operating.scenes import told


def refused(play, **request):
    with pytest.raises(DrillRefusedError) as caught:
        play.ask(NAME, {"kind": play.kind, **request})
    assert play.workflow.started == []
    assert play.drills.rows == {}
    return {fault.path for fault in caught.value.faults}


def change(play, **facts):
    table = play.loop.table
    table.environments[IDENTIFIER] = replace(table.environments[IDENTIFIER], **facts)


def held(play, scope, holder="another"):
    now = play.clock.now()
    play.loop.operations.record(IDENTIFIER, Change((Lease(scope, holder, 1, now, now + 60),)))


def test_a_single_zone():
    """There is nothing to fail over to."""
    play = DrillPlay()
    play.databases.facts = replace(play.databases.facts, multi_az=False, standby_zone="")
    assert refused(play) == {"standby"}


def test_a_standby_that_is_not_well():
    """RDS works on the database: its standby may be the one that is being made."""
    play = DrillPlay()
    play.databases.facts = replace(play.databases.facts, status="modifying")
    assert refused(play) == {"database"}


def test_a_sleeping_environment():
    """And every other reason is told with it."""
    play = DrillPlay()
    change(play, status=Status.ASLEEP)
    play.databases.facts = replace(play.databases.facts, status="stopped", backup_days=0)
    assert refused(play) == {"status", "database", "backups", "recent backup"}


def test_no_database_at_all():
    """It was deleted, or never made."""
    play = DrillPlay()
    play.databases.facts = None
    assert refused(play) == {"database"}


def test_an_old_backup():
    """Backups are kept, but the newest moment that can be restored lies an hour back."""
    play = DrillPlay()
    play.databases.facts = replace(play.databases.facts, restorable_until=play.clock.now() - 3600)
    assert refused(play) == {"recent backup"}


@pytest.mark.parametrize("status", [Status.UPDATING, Status.DEGRADED, Status.WAKING, Status.RETIRING])
def test_a_change_that_runs_or_a_gateway_that_is_not_well(status):
    """Only a READY environment is drilled."""
    play = DrillPlay()
    change(play, status=status)
    assert refused(play) == {"status"}


def test_an_open_condition():
    """Nobody drills a gateway that has a problem already."""
    play = DrillPlay()
    play.loop.load(92)
    play.loop.alarm(CRITICAL, "ALARM")
    assert "conditions" in refused(play)


def test_money_that_is_spent_refuses_no_drill():
    """An anomaly of tokens is open for hours, and says nothing of how the gateway recovers."""
    play = DrillPlay()
    told(play.loop, "cost-anomaly", "tokens")
    play.begun()
    assert play.drill.status is DrillStatus.RUNNING
    told(play.loop, "budget-passed", "cost", percent=101.0)
    play.tend(*play.ids)


def test_an_action_under_way():
    """Somebody holds the lease of a service: its restart is being verified."""
    play = DrillPlay()
    held(play, "service:litellm")
    assert refused(play) == {"actions"}


def test_a_page_under_way_refuses_no_drill():
    """It waits for a quarter of an hour to be answered, and touches nothing of the gateway."""
    play = DrillPlay()
    held(play, "page:cost")
    play.begun()
    assert play.drill.status is DrillStatus.RUNNING


def test_bounds_that_are_being_moved_are_waited_for():
    """The outer loop is done in minutes: a drill that was asked for begins then, and is not refused."""
    play = DrillPlay()
    held(play, "capacity:litellm")
    play.requested()
    with pytest.raises(DrillWaitsError, match="bounds being moved"):
        play.begin(*play.ids)
    assert (play.drill.status, play.muted) == (DrillStatus.REQUESTED, False)
    play.clock.pass_seconds(61)
    play.begin(*play.ids)
    assert play.drill.status is DrillStatus.RUNNING


def test_a_move_that_was_on_its_way_is_over_before_the_drill_begins():
    """It read the rows before the drill had its lease: it is waited for, and nothing new is moved."""
    play = DrillPlay()
    play.requested()
    rows = play.loop.operations
    rows.meddle.append(lambda: held(play, "capacity:litellm"))
    with pytest.raises(DrillWaitsError, match="bounds being moved"):
        play.begin(*play.ids)
    assert (play.drill.status, play.muted) == (DrillStatus.REQUESTED, True)
    play.clock.pass_seconds(61)
    play.begin(*play.ids)
    assert play.drill.begun_at == play.clock.now()
    assert len(play.pager.pages) == 1


def test_a_drill_that_waits_can_be_stopped():
    """It never begins: nothing is muted and nothing is broken."""
    play = DrillPlay()
    held(play, "capacity:litellm")
    play.requested()
    play.stop(NAME, play.ids[1], {"reason": "not now"})
    with pytest.raises(DrillStoppedError, match="not now"):
        play.begin(*play.ids)
    assert (play.drill.status, play.muted) == (DrillStatus.REQUESTED, False)


def test_the_kill_switch():
    """It stops drills as it stops every other action."""
    play = DrillPlay()
    play.loop.turn_switch({"actions": "off", "reason": "no"})
    assert refused(play) == {"switch"}


def test_an_error_budget_that_is_nearly_used_up():
    """Three hours of full outage in four weeks leave a ninth of the budget of 99.5 %."""
    play = DrillPlay()
    play.errors.hours_counted = (Hour(1000.0, 1000.0),) * 3
    assert refused(play) == {"error budget"}


def test_the_budget_is_time_and_small_hours_do_not_count():
    """Half an hour of failures in an hour of half of them; three requests at night say nothing."""
    found = budget_of([Hour(1000.0, 500.0), Hour(3.0, 3.0)], 99.5)
    assert found.spent == 1800.0
    assert found.allowed == pytest.approx(28 * 86400 * 0.005)
    assert budget_of([], 99.5).left == 1.0


def test_a_second_drill_while_one_runs():
    """Exactly one at a time, whoever asks."""
    play = DrillPlay()
    held(play, SCOPE)
    assert refused(play) == {"drill"}


def test_a_second_request_before_the_first_has_begun():
    """Its workflow is about to start."""
    play = DrillPlay()
    play.requested()
    with pytest.raises(DrillRefusedError) as caught:
        play.ask(NAME, {"kind": play.kind})
    assert [fault.path for fault in caught.value.faults] == ["drill"]


def test_two_requests_at_once_run_one_drill():
    """Neither saw the other: the second finds the lease taken when it begins, and breaks nothing."""
    play = DrillPlay()
    first = play.requested()
    unseen = play.drills.rows.pop(first)
    second = play.requested()
    play.drills.rows[first] = unseen
    play.begin(*first)
    with pytest.raises(DrillRefusedError):
        play.begin(*second)
    play.settle(*second, "failed", "refused")
    assert play.muted, "the first one's lease is not the second one's to give back"
    assert play.alarms.off == set(play.drills.get(*first).muted), "nor are its muted alarms"
    assert play.drills.get(*second).status is DrillStatus.FAILED


def test_too_soon_after_the_last_and_a_closed_window():
    """An hour apart unless the environment says otherwise, and only within the window that was given."""
    play = DrillPlay()
    play.run()
    window = {"opens_at": "2020-01-01T00:00:00Z", "closes_at": "2020-01-02T00:00:00Z"}
    with pytest.raises(DrillRefusedError) as caught:
        play.ask(NAME, {"kind": play.kind, "window": window})
    assert {fault.path for fault in caught.value.faults} == {"apart", "window"}
    change(play, drills=Policy(apart_minutes=10))
    play.clock.pass_seconds(601)
    assert play.ask(NAME, {"kind": play.kind})["status"] == "REQUESTED"


def test_the_environments_own_window():
    """On Mondays only, and it is another day."""
    play = DrillPlay()
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[int(play.clock.now() // 86400 + 4) % 7]
    change(play, drills=Policy(window=Schedule((day,), "00:00", "24:00", "UTC")))
    assert refused(play) == {"window of the environment"}


def test_a_service_that_is_short_of_tasks():
    """One of two runs: stopping it would be no drill but an outage."""
    play = DrillPlay(kind="litellm-task")
    play.tasks.stopped["litellm-1"] = play.clock.now()
    assert refused(play) == {"service"}


def test_a_service_that_the_gateway_does_without():
    """There is none to stop a task of."""
    play = DrillPlay(kind="victoria-metrics-task")
    del play.tasks.counts["victoria-metrics"]
    assert refused(play) == {"service"}


def test_what_was_true_at_the_request_is_asked_again_at_the_beginning():
    """Between the two an incident opened: refused, and nothing taken."""
    play = DrillPlay()
    play.requested()
    play.loop.load(92)
    play.loop.alarm(CRITICAL, "ALARM")
    with pytest.raises(DrillRefusedError):
        play.begin(*play.ids)
    assert not play.muted
    assert play.alarms.off == set()
