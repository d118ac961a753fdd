"""A whole drill against fakes: refused, run, rescued, scored, and unmuted whatever happens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from stargate.domain.drills.drill import SCOPE, DrillStatus
from stargate.domain.drills.probes import Probe
from stargate.domain.environment import Status
from stargate.domain.operating.leases import Lease
from stargate.domain.operating.operations import Change
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from stargate.errors import (
    DrillInterruptedError,
    DrillNotSteadyError,
    DrillRefusedError,
    EnvironmentNotFoundError,
    InvalidRequestError,
)
from stargate.usecases.drills.begin_drill import BeginDrill
from stargate.usecases.drills.inject_failure import InjectFailure
from stargate.usecases.drills.notice_drill_end import NoticeDrillEnd
from stargate.usecases.drills.request_drill import RequestDrill
from stargate.usecases.drills.rescue_gateway import RescueGateway
from stargate.usecases.drills.score_drill import ScoreDrill
from stargate.usecases.drills.settle_drill import SettleDrill
from stargate.usecases.drills.show_drills import ShowDrills
from stargate.usecases.drills.watch_gateway import WatchGateway
from tests import fakes
from tests.unit.drills.drill_play import (
    FakeDatabases,
    FakeDrillRecords,
    FakeDrills,
    FakeDrillWorkflow,
    FakeWatch,
)
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME, LoopPlay

COMPONENTS = ("database", "langfuse", "grafana", "litellm", "liveliness")
ASKED = {"kind": "database-failover"}


@dataclass
class DrillPlay:
    """The failover takes `seconds`; a wedged LiteLLM needs `mends_in` after its new deployment."""

    seconds: float = 60
    wedges: bool = False
    mends_in: float = 70
    loop: LoopPlay = field(default_factory=LoopPlay)

    def __post_init__(self):
        loop, clock = self.loop, self.loop.clock
        self.clock, self.drills, self.records = clock, FakeDrills(), FakeDrillRecords()
        self.workflow, self.databases = FakeDrillWorkflow(), FakeDatabases(clock)
        environments, nodes = fakes.FakeEnvironments(loop.table), fakes.FakeNodes(loop.table)
        edge = NodeState("edge", NodeStatus.STANDING, 1, outputs={"DistributionDomain": "d1.cloudfront.net"})
        loop.table.nodes[IDENTIFIER] = {"edge": edge}
        operations, narrator = loop.operations, loop.narrator
        self.ask = RequestDrill(
            operations, self.drills, self.databases, self.workflow, clock, loop.identifiers, "someone"
        )
        self.begin = BeginDrill(operations, self.drills, self.ask, clock, narrator("begin_drill"))
        self.inject = InjectFailure(
            operations, self.drills, self.databases, clock, narrator("inject_failure")
        )
        self.rescue = RescueGateway(operations, self.drills, loop.services, clock, narrator("rescue_gateway"))
        self.watch = WatchGateway(
            environments, nodes, self.drills, self.records, FakeWatch(clock, self.see, ("on a fake",)), clock
        )
        self.score = ScoreDrill(
            environments,
            operations,
            self.drills,
            self.records,
            self.databases,
            clock,
            narrator("score_drill"),
        )
        self.settle = SettleDrill(operations, self.drills, clock, narrator("settle_drill"))
        self.show = ShowDrills(environments, self.drills, self.records, clock)
        self.ids = None

    def requested(self):
        self.ids = (IDENTIFIER, self.ask(NAME, ASKED)["id"])
        return self.ids

    @property
    def drill(self):
        return self.drills.get(*self.ids)

    @property
    def muted(self):
        lease = self.loop.operations.by_id(IDENTIFIER).operations.leases.get(SCOPE)
        return lease is not None and lease.held_at(self.clock.now())

    def see(self, now):
        """The other branch of the workflow goes on meanwhile, then each component answers."""
        if int(now) % 5 == 0:
            drill = self.drill
            if drill.injected_at is None:
                self.inject(*self.ids)
            else:
                self.rescue(*self.ids)
        return [self.answer(component, now) for component in COMPONENTS]

    def answer(self, component, now):
        drill = self.drill
        back = None if drill.injected_at is None else drill.injected_at + self.seconds
        if back is not None and now >= back and self.databases.told[-1].message.endswith("started."):
            self.databases.completes()
        down = back is not None and now < back and component != "liveliness"
        mended = drill.rescued_at is not None and now >= drill.rescued_at + self.mends_in
        wedged = self.wedges and back is not None and component == "litellm" and not mended
        return Probe(now, component, not (down or wedged), 0.1, "401" if wedged else "503" if down else "")

    def run(self):
        self.requested()
        self.begin(*self.ids)
        self.watch(*self.ids)
        self.settle(*self.ids, "unmuted")
        self.score(*self.ids)
        return self.show.one(NAME, self.ids[1])


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(35, "met"), (60, "met"), (90, "met"), (120, "missed"), (240, "missed")]
)
def test_a_drill_from_request_to_verdict(seconds, verdict):
    """Announced, steady, broken once, watched until well, unmuted, judged, and told in the ledger."""
    play = DrillPlay(seconds)
    told = play.run()
    assert (told["status"], told["result"]["verdict"]) == ("SCORED", verdict)
    assert told["result"]["recovery_seconds"] == pytest.approx(seconds, abs=2)
    assert told["result"]["reported"]["zone_swapped"] is True
    assert told["result"]["data_loss"]["lost"] == 0
    assert (told["simulated"], told["assumptions"]) == (True, ["on a fake"])
    assert len(play.databases.failed_over) == 1
    assert len(told["probes"]) > 5 * seconds
    assert not play.muted
    entries = [entry.summary for entry in play.loop.ledger.page(IDENTIFIER, None, "drill", 99, None).items]
    assert [words in entry for words, entry in zip(("begins", "failed over", verdict), entries, strict=True)]


def test_a_wedged_litellm_is_rescued_and_its_time_counted():
    """The database answers, keys are refused past the objective: one new deployment, and it is missed."""
    play = DrillPlay(60, wedges=True)
    told = play.run()
    assert told["result"]["wedge"]["rescued_at"] == told["rescued_at"] is not None
    assert told["result"]["recovery_seconds"] == pytest.approx(120 + 70, abs=8)
    assert told["result"]["verdict"] == "missed"
    (rescue,) = play.loop.ledger.page(IDENTIFIER, None, "action", 99, None).items
    assert "deployed anew" in rescue.summary


def test_while_a_drill_runs_the_loop_repairs_nothing():
    """What it breaks is its own: a ringing alarm is decided on and held by the lease, until it is over."""
    play = DrillPlay()
    play.requested()
    play.begin(*play.ids)
    play.loop.load(92)
    assert play.loop.alarm(CRITICAL, "ALARM").decided == "hold"
    (condition,) = play.loop.conditions(NAME, 10, None)["conditions"]
    assert "drill" in condition["decision"]["reason"]
    play.settle(*play.ids, "unmuted")
    assert not play.muted


def test_a_mute_lapses_by_itself():
    """Even if nobody ever gave it back."""
    play = DrillPlay()
    play.requested()
    play.begin(*play.ids)
    assert play.muted
    play.clock.pass_seconds(1801)
    assert not play.muted


def refused(play, **request):
    with pytest.raises(DrillRefusedError) as caught:
        play.ask(NAME, {**ASKED, **request})
    assert play.workflow.started == []
    assert play.drills.rows == {}
    return {fault.path for fault in caught.value.faults}


def change(play, **facts):
    table = play.loop.table
    table.environments[IDENTIFIER] = replace(table.environments[IDENTIFIER], **facts)


def test_a_single_zone_is_refused():
    """There is nothing to fail over to."""
    play = DrillPlay()
    play.databases.facts = replace(play.databases.facts, multi_az=False, standby_zone="")
    assert refused(play) == {"standby"}


def test_a_sleeping_environment_is_refused():
    """And every other reason is told with it."""
    play = DrillPlay()
    change(play, status=Status.ASLEEP)
    play.databases.facts = replace(play.databases.facts, status="stopped", backup_days=0)
    assert refused(play) == {"status", "database", "backups"}


def test_a_second_drill_is_refused_while_one_runs():
    """Exactly one at a time, whoever asks."""
    play = DrillPlay()
    play.loop.operations.record(
        IDENTIFIER, Change((Lease(SCOPE, "another", 1, play.clock.now(), play.clock.now() + 60),))
    )
    assert refused(play) == {"drill"}


def test_two_requests_at_once_run_one_drill():
    """Both were accepted; the second finds the lease taken when it begins, and breaks nothing."""
    play = DrillPlay()
    first = play.requested()
    second = play.requested()
    play.begin(*first)
    with pytest.raises(DrillRefusedError):
        play.begin(*second)
    play.settle(*second, "failed", "refused")
    assert play.muted, "the first one's lease is not the second one's to give back"
    assert play.drills.get(*second).status is DrillStatus.FAILED


def test_an_open_condition_refuses_it():
    """Nobody drills a gateway that has a problem already."""
    play = DrillPlay()
    play.loop.load(92)
    play.loop.alarm(CRITICAL, "ALARM")
    assert "conditions" in refused(play)


def test_too_soon_after_the_last_and_a_closed_window():
    """An hour apart, and only within the window that was given."""
    play = DrillPlay()
    play.run()
    play.drills.rows = dict(play.drills.rows)
    window = {"opens_at": "2020-01-01T00:00:00Z", "closes_at": "2020-01-02T00:00:00Z"}
    with pytest.raises(DrillRefusedError) as caught:
        play.ask(NAME, {**ASKED, "window": window})
    assert {fault.path for fault in caught.value.faults} == {"apart", "window"}


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"kind": "meteorite"}, "/kind"),
        ({**ASKED, "when": "now"}, "/when"),
        ({**ASKED, "window": {"opens_at": "noon"}}, "/window"),
        ({**ASKED, "dry_run": "yes"}, "/dry_run"),
        ([], ""),
    ],
)
def test_bad_input_is_a_fault(request_, path):
    """Told with what is allowed, and nothing done."""
    play = DrillPlay()
    with pytest.raises(InvalidRequestError) as caught:
        play.ask(NAME, request_)
    assert path in {fault.path for fault in caught.value.faults}


def test_an_environment_nobody_has():
    """There is nothing to drill."""
    with pytest.raises(EnvironmentNotFoundError):
        DrillPlay().ask("nobody", ASKED)


def test_a_dry_run_lists_steps_and_preconditions_and_does_nothing():
    """Each precondition with what was found, also those that fail."""
    play = DrillPlay()
    play.databases.facts = replace(play.databases.facts, multi_az=False)
    told = play.ask(NAME, {**ASKED, "dry_run": True})
    assert told["would_run"] is False
    assert [one["step"] for one in told["steps"]] == [
        "Announce and mute", "Watch", "Inject", "Rescue if need be", "Unmute", "Score",
    ]  # fmt: skip
    assert [one["name"] for one in told["preconditions"] if not one["ok"]] == ["standby"]
    assert (play.workflow.started, play.drills.rows) == ([], {})


def test_a_gateway_that_is_not_steady_is_not_broken():
    """A probe fails now and then before: given up within two minutes, nothing injected."""
    play = DrillPlay()
    play.requested()
    play.begin(*play.ids)
    play.watch = replace(
        play.watch,
        watch=FakeWatch(
            play.clock, lambda now: [Probe(now, one, int(now) % 9 > 0, 0.1) for one in COMPONENTS]
        ),
    )
    with pytest.raises(DrillNotSteadyError):
        play.watch(*play.ids)
    assert play.databases.failed_over == []


def test_a_failure_is_injected_once_however_often_it_is_asked_for():
    """A retry after a lost answer finds the moment written down."""
    play = DrillPlay()
    play.run()
    assert play.inject(*play.ids)["injected"] is True
    assert len(play.databases.failed_over) == 1


def test_the_kill_switch_stops_a_drill_before_it_breaks_anything():
    """Turned off between announcement and failure."""
    play = DrillPlay()
    play.requested()
    play.begin(*play.ids)
    play.loop.turn_switch({"actions": "off", "reason": "no"})
    with pytest.raises(DrillInterruptedError):
        play.inject(*play.ids)
    assert play.databases.failed_over == []


def test_a_watch_that_was_interrupted_is_not_taken_for_a_measurement():
    """Called again after the failure it cannot know the first edge, and says so."""
    play = DrillPlay()
    play.run()
    play.drills.set(replace(play.drill, status=DrillStatus.RUNNING), "status")
    with pytest.raises(DrillInterruptedError):
        play.watch(*play.ids)


def test_a_stopped_workflow_leaves_nothing_muted():
    """Its end is an event: the lease is given back, the drill is FAILED with the reason."""
    play = DrillPlay()
    play.requested()
    play.begin(*play.ids)
    NoticeDrillEnd(play.settle)(play.drill.execution_name, "ABORTED", "Stopped", "by hand")
    assert not play.muted
    assert play.drill.status is DrillStatus.FAILED
    NoticeDrillEnd(play.settle)("nobody-nothing", "ABORTED", "", "")


def test_what_drills_proved_is_told():
    """The newest first, and how long ago it was proven last."""
    play = DrillPlay()
    play.run()
    play.clock.pass_seconds(3 * 86400)
    told = play.show.all(NAME)
    assert told["history"]["last_proven_days_ago"] == 3
    assert [one["verdict"] for one in told["drills"]] == ["met"]
