"""The loss of a zone: its tasks, its subnets, the database if it is there; all in use again afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.drills.drill import DrillStatus
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.operations import Change
from stargate.errors import ActionRefusedError, DrillInterruptedError, DrillRefusedError
from stargate.usecases.drills.notice_drill_end import NoticeDrillEnd
from tests.unit.drills.drill_play import SUBNETS, TASKS, ZONES, DrillPlay
from tests.unit.operating.loop_play import IDENTIFIER, NAME

EVERYWHERE = {name: tuple(sorted(SUBNETS)) for name in TASKS}


def as_before(play):
    return play.shifts.away == set() and play.shifts.placed == EVERYWHERE


def test_the_zone_that_hurts_most_is_lost_and_given_back():
    """The database's own, with a task of each service in it: failed over, replaced, judged, in use again."""
    play = DrillPlay(kind="zone-loss")
    told = play.run()
    assert told["zone_lost"] == ZONES[0]
    assert told["broken"] == ["database", *TASKS]
    assert len(play.databases.failed_over) == 1
    assert sorted(play.tasks.stopped) == ["grafana-0", "langfuse-0", "litellm-0", "victoria-metrics-0"]
    assert told["result"]["verdict"] == "met"
    assert as_before(play)
    assert play.alarms.off == set()


def test_while_it_is_lost_nothing_is_put_there():
    """Neither by the balancer nor by ECS."""
    play = DrillPlay(kind="zone-loss")
    play.steady()
    play.inject(*play.ids)
    assert play.shifts.away == {"use1-az1"}
    assert set(play.shifts.placed.values()) == {("subnet-b", "subnet-c")}
    assert play.drill.subnets["litellm"] == list(EVERYWHERE["litellm"])


def test_another_zone_can_be_asked_for():
    """The database is not there, so it is left alone and nobody is given its time."""
    play = DrillPlay(kind="zone-loss")
    told = play.run(zone=ZONES[1])
    assert (told["zone_lost"], told["broken"]) == (ZONES[1], ["litellm", "grafana", "langfuse"])
    assert play.databases.failed_over == []
    judged = {one["component"]: one["objective_seconds"] for one in told["result"]["components"]}
    assert judged["litellm"] == 30.0


def refused(play, **request):
    with pytest.raises(DrillRefusedError) as caught:
        play.ask(NAME, {"kind": "zone-loss", **request})
    assert as_before(play) or play.shifts.away
    assert play.drills.rows == {}
    return {fault.path for fault in caught.value.faults}


def test_a_zone_that_it_does_not_run_in():
    """With those that it does."""
    assert refused(DrillPlay(kind="zone-loss"), zone="us-east-1f") == {"zone"}


def test_a_zone_that_is_out_of_use_already():
    """Two of three would be gone."""
    play = DrillPlay(kind="zone-loss")
    play.shifts.away = {"use1-az3"}
    assert refused(play) == {"zones out of use"}


def test_a_gateway_in_one_zone():
    """There is no other to go on in."""
    play = DrillPlay(kind="zone-loss")
    play.shifts.known = False
    assert refused(play) == {"balancer", "zones"}


def test_a_service_that_is_short_of_tasks():
    """It would be an outage and no drill."""
    play = DrillPlay(kind="zone-loss")
    play.tasks.stopped["langfuse-1"] = play.clock.now()
    assert refused(play) == {"services"}


@pytest.mark.parametrize("notices", ["event", "sweep"])
def test_a_crash_half_way_out_leaves_no_zone_out_of_use(notices):
    """The shift was made, no service moved any more: what was to be put back was written down before."""
    play = DrillPlay(kind="zone-loss")
    play.steady()
    play.shifts.breaks = True
    with pytest.raises(ActionRefusedError):
        play.inject(*play.ids)
    assert play.shifts.away == {"use1-az1"}
    with pytest.raises(DrillInterruptedError):
        play.inject(*play.ids)
    name = play.drill.execution_name
    if notices == "event":
        NoticeDrillEnd(play.settle)(name, "FAILED", "ActionRefusedError", "no")
    else:
        play.workflow.statuses[name] = "FAILED"
        play.keep()
    assert as_before(play)
    assert (play.drill.status, play.muted) == (DrillStatus.FAILED, False)


def test_an_operators_stop_brings_the_zone_back():
    """At once, and not when the gateway is well."""
    play = DrillPlay(kind="zone-loss")
    play.steady()
    play.inject(*play.ids)
    play.stop(NAME, play.ids[1], None)
    play.settle(*play.ids, "failed", "stopped", "DrillStoppedError")
    assert as_before(play)
    assert play.drill.status is DrillStatus.STOPPED


def test_a_zone_that_an_action_has_taken_out_of_use_since_stays_out():
    """It went ill just after the drill of it: what is swept up two minutes later is not what the loop did."""
    play = DrillPlay(kind="zone-loss")
    play.run()
    zone = play.drill.left_zone
    hold = Hold("zones", "zone", "evacuate_zone", "zone-ill#zone", {"zone": zone}, {}, 0.0, "a1", 1)
    play.loop.operations.record(IDENTIFIER, Change((hold,), ()))
    play.shifts.away = {zone}
    play.settle.put_back_again(*play.ids)
    assert (play.shifts.away, play.drill.swept) == ({zone}, True)
    play.loop.operations.record(IDENTIFIER, Change((replace(hold, live=False, version=1),), ()))
    play.settle.put_back_again(*play.ids)
    assert play.shifts.away == set(), "nobody holds it: it was taken by a function of the drill's own"
