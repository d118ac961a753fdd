"""A restore that is rehearsed: marked, restored beside, read, deleted whatever happens, and measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.drills.drill import DrillStatus
from stargate.domain.operating.leases import Lease
from stargate.errors import DrillInterruptedError, DrillStoppedError, NotPutBackYetError, NotRestoredYetError
from stargate.usecases.drills.notice_drill_end import NoticeDrillEnd
from tests.unit.drills.drill_play import DrillPlay
from tests.unit.operating.loop_play import IDENTIFIER, NAME

SIDE = f"stargate-{NAME}-rehearsal"
BEAT = 25.0


@pytest.fixture
def play():
    made = DrillPlay(kind="database-restore")
    made.begun()
    return made


def until_done(play, step, *arguments, tries=200):
    """As the workflow does: asked again every half minute."""
    for _ in range(tries):
        try:
            return step(*play.ids, *arguments)
        except (NotRestoredYetError, NotPutBackYetError):
            play.clock.pass_seconds(BEAT)
    raise AssertionError("never done")


def to_the_end(play):
    until_done(play, play.rehearse.mark)
    until_done(play, play.rehearse.restore)
    until_done(play, play.rehearse.check)
    until_done(play, play.settle, "put_back")
    play.rehearse.judge(*play.ids)
    return play.show.one(NAME, play.ids[1])


def test_a_restore_from_request_to_verdict(play):
    """What was marked is in it; how long it took, and how old the newest restorable moment was."""
    told = to_the_end(play)
    assert (told["status"], told["result"]["verdict"]) == ("SCORED", "met")
    assert told["restore"]["restored_in_seconds"] == pytest.approx(1500, abs=BEAT)
    assert 0 <= told["restore"]["behind_seconds"] <= 300
    assert told["result"]["measured"]["restore"] == told["restore"]["restored_in_seconds"]
    assert (told["simulated"], told["assumptions"]) == (True, ["on a fake"])
    assert play.rehearsals.describe("us-east-1", SIDE) is None
    assert play.rehearsals.tags["stargate:id"] == IDENTIFIER


def test_it_is_marked_once_and_restored_once(play):
    """However often each step is asked for."""
    to_the_end(play)
    assert play.observer.asked == [("us-east-1", NAME, "langfuse_ingestion")]
    assert list(play.rehearsals.made) == [SIDE]
    ((cluster, address, marked_at, token),) = play.rehearsals.reads
    assert (cluster, address, token) == (f"stargate-{NAME}", "side.rds", play.ids[1])
    assert marked_at == play.show.one(NAME, play.ids[1])["restore"]["marked_at"]


def test_backups_must_reach_beyond_the_mark(play):
    """Otherwise the record could not be in what is restored, and its absence would prove nothing."""
    play.databases.facts = replace(play.databases.facts, restorable_until=play.clock.now() - 1)
    with pytest.raises(NotRestoredYetError):
        play.rehearse.mark(*play.ids)
    play.clock.pass_seconds(600)
    play.databases.facts = replace(play.databases.facts, restorable_until=play.clock.now() - 300)
    assert "marked_at" in play.rehearse.mark(*play.ids)


def test_it_breaks_nothing_so_the_loop_goes_on(play):
    """No alarm is muted, and the lease is another than the one that holds every action."""
    assert (play.muted, play.alarms.off) == (False, set())
    leases = play.loop.operations.by_id(IDENTIFIER).operations.leases
    assert leases["rehearsal"].holder == play.ids[1]
    assert play.ask(NAME, {"kind": "litellm-task", "dry_run": True})["would_run"] is False, "one at a time"


def test_a_gateway_that_takes_no_record_is_not_rehearsed_with(play):
    """There would be nothing to look for."""
    play.observer.reasons = {"langfuse_ingestion": "a trace is not taken: 503"}
    with pytest.raises(DrillInterruptedError, match="a trace is not taken"):
        play.rehearse.mark(*play.ids)
    assert play.rehearsals.made == {}


def test_what_is_not_in_it_is_a_miss(play):
    """The task that reads it fails: the verdict says so, and the instance is gone all the same."""
    play.rehearsals.exits = (0, 3)
    told = to_the_end(play)
    assert told["result"]["verdict"] == "missed"
    assert "the task that reads it ended [0, 3]" in told["reason"]
    assert play.rehearsals.describe("us-east-1", SIDE) is None


def test_what_rds_cannot_restore_fails_and_is_deleted(play):
    """It says so by its status."""
    play.rehearsals.ends_as = "incompatible-restore"
    until_done(play, play.rehearse.mark)
    with pytest.raises(DrillInterruptedError, match="incompatible-restore"):
        until_done(play, play.rehearse.restore)
    until_done(play, play.settle, "failed", "RDS could not restore it")
    assert play.drill.status is DrillStatus.FAILED
    assert play.rehearsals.describe("us-east-1", SIDE) is None


@pytest.mark.parametrize("notices", ["event", "sweep"])
def test_a_crash_while_it_is_being_made_leaves_no_instance(play, notices):
    """RDS cannot delete it yet: whoever noticed the end asks again until it is gone."""
    until_done(play, play.rehearse.mark)
    with pytest.raises(NotRestoredYetError):
        play.rehearse.restore(*play.ids)
    name = play.drill.execution_name
    if notices == "event":
        until_done(play, lambda *_: NoticeDrillEnd(play.settle)(name, "ABORTED", "Stopped", "by hand"))
    else:
        play.workflow.statuses[name] = "FAILED"
        for _ in range(100):
            play.keep()
            play.clock.pass_seconds(60)
    assert play.rehearsals.describe("us-east-1", SIDE) is None
    assert play.drill.status is DrillStatus.FAILED


def test_an_operator_stops_it_between_two_steps(play):
    """Within half a minute, and nothing is left."""
    until_done(play, play.rehearse.mark)
    play.stop(NAME, play.ids[1], {"reason": "costs"})
    with pytest.raises(DrillStoppedError, match="costs"):
        play.rehearse.restore(*play.ids)
    assert play.rehearsals.made == {}
    play.settle(*play.ids, "failed", "stopped", "DrillStoppedError")
    assert play.drill.status is DrillStatus.STOPPED


def test_it_has_hours_where_a_failover_has_minutes(play):
    """A large volume takes its time; three hours are the deadline."""
    until_done(play, play.rehearse.mark)
    play.clock.pass_seconds(3 * 3600 - (play.clock.now() - play.drill.begun_at) - 60)
    with pytest.raises(NotRestoredYetError):
        play.rehearse.restore(*play.ids)
    play.clock.pass_seconds(120)
    with pytest.raises(DrillStoppedError, match="deadline"):
        play.rehearse.restore(*play.ids)


def test_somebody_elses_lease_is_left_to_them(play):
    """A rehearsal that ends gives back its own only."""
    operations = play.loop.operations.by_id(IDENTIFIER).operations
    assert isinstance(operations.leases["rehearsal"], Lease)
    until_done(play, play.settle, "put_back")
    assert play.loop.operations.by_id(IDENTIFIER).operations.leases["rehearsal"].holder is None
