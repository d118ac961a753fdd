"""A whole drill against fakes: refused, run, rescued, scored, and put back whatever happens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.drills.alarms import Rang
from stargate.domain.drills.drill import LEAST_SECONDS, DrillStatus
from stargate.domain.drills.probes import Probe
from stargate.errors import (
    ActionRefusedError,
    DrillInterruptedError,
    DrillNotSteadyError,
    EnvironmentNotFoundError,
    InvalidRequestError,
)
from tests.unit.drills.drill_play import ASKED_OF, ENGINE, DrillPlay, FakeWatch
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME

FAILOVER = {"kind": "database-failover"}


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(35, "met"), (60, "met"), (90, "met"), (120, "missed"), (240, "missed")]
)
def test_a_drill_from_request_to_verdict(seconds, verdict):
    """Announced, steady, broken once, watched until well, put back, judged, and told in the ledger."""
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
    words = ("begins", "failed over", verdict)
    assert [word in entry for word, entry in zip(words, play.told("drill"), strict=True)] == [True] * 3


@pytest.mark.parametrize(
    ("kind", "component"),
    [
        ("litellm-task", "litellm"),
        ("grafana-task", "grafana"),
        ("langfuse-task", "langfuse"),
    ],
)
def test_a_task_that_is_stopped_is_not_felt_where_another_serves(kind, component):
    """Its own promise is thirty seconds; the other task takes the requests, and ECS replaces the first."""
    play = DrillPlay(kind=kind)
    told = play.run()
    assert list(play.tasks.stopped) == [f"{component}-0"], "the one that runs longest"
    assert told["broken"] == [component]
    judged = {one["component"]: one for one in told["result"]["components"]}
    assert (judged[component]["seconds"], judged[component]["objective_seconds"]) == (0.0, 30.0)
    assert told["result"]["verdict"] == "met"
    assert "ECS had as many tasks again" in told["result"]["explanation"]
    assert play.databases.failed_over == []


def test_a_service_of_one_task_misses_its_thirty_seconds():
    """Where nobody else serves, users wait for the new task: the drill says so and by how much."""
    play = DrillPlay(kind="grafana-task")
    play.tasks.counts["grafana"] = 1
    told = play.run()
    grafana = next(one for one in told["result"]["components"] if one["component"] == "grafana")
    assert (told["result"]["verdict"], grafana["verdict"]) == ("missed", "missed")
    assert grafana["seconds"] == pytest.approx(70, abs=2)
    database = next(one for one in told["result"]["components"] if one["component"] == "database")
    assert database["seconds"] == 0.0, "Langfuse is served by it all the while"


def test_the_metrics_are_back_in_two_minutes_and_their_gap_is_measured():
    """One task, so its users wait; the gap in its series is the outage and up to a scrape."""
    play = DrillPlay(kind="victoria-metrics-task")
    told = play.run()
    metrics = next(one for one in told["result"]["components"] if one["component"] == "victoria-metrics")
    assert (told["result"]["verdict"], metrics["objective_seconds"]) == ("met", 120.0)
    assert metrics["seconds"] == pytest.approx(70, abs=2)
    series = told["result"]["series"]
    assert 70 <= series["gap_seconds"] <= 100
    assert (series["lost"], series["scrape_seconds"]) == (0, 15.0)


def test_samples_that_were_seen_and_are_gone_are_lost():
    """Two of them are thirty seconds of data, and less than fifteen are promised."""
    play = DrillPlay(kind="victoria-metrics-task")
    began = play.clock.now()
    seen = [at for at in range(int(began), int(began) + 60) if at % 15 == 0][:2]
    play.fake_watch.forgets = tuple(map(float, seen))
    told = play.run()
    assert (told["result"]["verdict"], told["result"]["series"]["lost"]) == ("missed", 2)
    assert "2 samples of a metric lost" in told["reason"]


def test_a_wedged_litellm_is_rescued_and_its_time_counted():
    """The database answers, keys are refused past the objective: one new deployment, and it is missed."""
    play = DrillPlay(60, wedges=True)
    told = play.run()
    assert told["result"]["wedge"]["rescued_at"] == told["rescued_at"] is not None
    assert told["result"]["recovery_seconds"] == pytest.approx(120 + 70, abs=8)
    assert told["result"]["verdict"] == "missed"
    (rescue,) = play.told("action")
    assert "deployed anew" in rescue
    assert told["result"]["remediation"] == {
        "as_it_should": True, "held": [], "acted": [], "rescued": True,
    }  # fmt: skip


def test_the_page_shows_it_beside_earlier_drills_of_its_kind():
    """A person sees whether recovery takes longer than it did; the same in JSON."""
    play = DrillPlay(60)
    play.run()
    assert "It is the first of its kind here." in play.records.pages[play.ids[1]]
    first = play.drill
    play.clock.pass_seconds(86400)
    told = play.run()
    (earlier,) = told["earlier"]
    assert (earlier["id"], earlier["verdict"]) == (first.drill_id, "met")
    took = {one["component"]: one["seconds"] for one in first.result["components"]}
    assert earlier["seconds"].items() >= took.items()
    page = play.records.pages[play.ids[1]].partition("Beside earlier drills")[2]
    assert [f"{took[name]:.1f} s" in page for name in took] == [True] * len(took)


def test_while_a_drill_runs_the_loop_repairs_nothing():
    """What it breaks is its own: a ringing alarm is decided on and held by the lease, until it is over."""
    play = DrillPlay()
    play.begun()
    play.loop.load(92)
    assert play.loop.alarm(CRITICAL, "ALARM").decided == "hold"
    (condition,) = play.loop.conditions(NAME, 10, None)["conditions"]
    assert "drill" in condition["decision"]["reason"]
    play.settle(*play.ids, "put_back")
    assert not play.muted


def test_what_the_loop_held_and_what_rang_is_part_of_the_verdict():
    """An alarm of LiteLLM's CPU may ring in a failover; its decision was held, as it should be."""
    play = DrillPlay()
    play.begun()
    play.loop.load(92)
    play.loop.alarm(CRITICAL, "ALARM")
    play.alarms.rung = [Rang("litellm-cpu-critical", play.clock.now())]
    play.watch(*play.ids)
    play.settle(*play.ids, "put_back")
    play.score(*play.ids)
    result = play.show.one(NAME, play.ids[1])["result"]
    assert result["alarms"]["rang"][0]["alarm"] == "litellm-cpu-critical"
    assert (result["alarms"]["unexpected"], result["findings"]) == ([], [])
    assert len(result["remediation"]["held"]) == 1


def test_an_alarm_that_should_have_rung_and_did_not_is_a_finding():
    """Six minutes of 503 to sixty requests a minute, and nothing rang; another rang that nothing explains."""
    play = DrillPlay(360)
    play.loop.load(20)
    play.alarms.rung = [Rang("somebody-else", play.clock.now())]
    result = play.run()["result"]
    assert result["alarms"]["missing"] == ["litellm-errors-critical"]
    assert result["alarms"]["unexpected"] == ["somebody-else"]
    assert len(result["findings"]) == 2


def test_people_are_told_before_and_after():
    """What is about to happen, how to stop it, and what came of it; once each, however often it begins."""
    play = DrillPlay()
    play.begun()
    play.begin(*play.ids)
    ((subject, text),) = play.pager.pages
    assert subject == "Drill of sandbox: database-failover begins"
    assert f"stargate drill stop sandbox {play.ids[1]}" in text
    play.watch(*play.ids)
    play.settle(*play.ids, "put_back")
    play.score(*play.ids)
    (_, (subject, text)) = play.pager.pages
    assert subject == "Drill of sandbox: database-failover met"
    assert "simulated on a fake" in text


def test_a_drill_that_cannot_be_announced_breaks_nothing():
    """The topic refuses: the failure comes before the first alarm is muted."""
    play = DrillPlay()
    play.requested()
    play.pager.refuse = "Publish: no"
    with pytest.raises(ActionRefusedError):
        play.begin(*play.ids)
    assert play.alarms.off == set()


def test_alarms_that_may_ring_are_muted_and_sound_again():
    """Only those, only those that were on, and written down before they are muted."""
    play = DrillPlay()
    play.alarms.off = {f"stargate-{NAME}-litellm-errors-warning"}
    play.begun()
    assert play.drill.muted == (
        f"stargate-{NAME}-database-cpu-critical",
        f"stargate-{NAME}-litellm-cpu-critical",
        f"stargate-{NAME}-litellm-errors-critical",
        f"stargate-{NAME}-litellm-first-token-critical",
    )
    assert set(play.drill.muted) <= play.alarms.off
    play.settle(*play.ids, "put_back")
    assert play.alarms.off == {f"stargate-{NAME}-litellm-errors-warning"}, "what was off before stays off"


def test_alarms_of_another_region_are_muted_sound_again_and_are_weighed():
    """Those on Bedrock's metrics stand where the models are served."""
    play = DrillPlay()
    play.loop.table.environments[IDENTIFIER] = replace(
        play.loop.table.environments[IDENTIFIER], region="us-west-1"
    )
    theirs = f"stargate-{NAME}-litellm-first-token-critical"
    play.alarms.where[theirs] = "us-east-1"
    play.begun()
    assert theirs in play.drill.muted
    assert theirs in play.alarms.off
    play.alarms.rung = [Rang("litellm-first-token-critical", play.clock.now())]
    play.watch(*play.ids)
    play.settle(*play.ids, "put_back")
    play.score(*play.ids)
    assert play.alarms.off == set()
    rang = play.show.one(NAME, play.ids[1])["result"]["alarms"]["rang"]
    assert [one["alarm"] for one in rang] == ["litellm-first-token-critical"]


def test_a_mute_lapses_by_itself():
    """Even if nobody ever gave it back."""
    play = DrillPlay()
    play.begun()
    assert play.muted
    play.clock.pass_seconds(2401)
    assert not play.muted


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"kind": "meteorite"}, "/kind"),
        ({**FAILOVER, "when": "now"}, "/when"),
        ({**FAILOVER, "window": {"opens_at": "noon"}}, "/window"),
        ({**FAILOVER, "dry_run": "yes"}, "/dry_run"),
        ({**FAILOVER, "zone": "us-east-1a"}, "/zone"),
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
        DrillPlay().ask("nobody", FAILOVER)


def test_a_dry_run_lists_steps_and_preconditions_and_does_nothing():
    """Each precondition with what was found, also those that fail; the steps name what would be broken."""
    play = DrillPlay()
    play.databases.facts = replace(play.databases.facts, multi_az=False)
    told = play.ask(NAME, {**FAILOVER, "dry_run": True})
    assert told["would_run"] is False
    assert [one["step"] for one in told["steps"]] == [
        "Announce and mute", "Watch", "Inject", "Stop or rescue if need be", "Put back and unmute", "Score",
    ]  # fmt: skip
    assert [one["name"] for one in told["preconditions"] if not one["ok"]] == ["standby"]
    task = play.ask(NAME, {"kind": "litellm-task", "dry_run": True})
    assert task["steps"][2]["does"] == "task litellm-0 of litellm is stopped"
    assert (play.workflow.started, play.drills.rows) == ([], {})


def test_a_gateway_that_is_not_steady_is_not_broken():
    """A probe fails now and then before: given up within two minutes, nothing injected."""
    play = DrillPlay()
    play.begun()
    shaky = FakeWatch(play.clock, lambda now: [Probe(now, one, int(now) % 9 > 0, 0.1) for one in ASKED_OF])
    with pytest.raises(DrillNotSteadyError):
        replace(play.watch, watch=shaky)(*play.ids)
    assert play.databases.failed_over == []


def test_a_failure_is_injected_once_however_often_it_is_asked_for():
    """A retry after a lost answer finds the moment written down."""
    play = DrillPlay()
    play.run()
    assert play.inject(*play.ids)["injected"] is True
    assert len(play.databases.failed_over) == 1


def test_a_service_that_lost_its_tasks_meanwhile_is_not_broken():
    """Between request and failure its last task went: there is nothing to stop."""
    play = DrillPlay(kind="grafana-task")
    play.steady()
    play.tasks.counts["grafana"] = 0
    with pytest.raises(DrillInterruptedError):
        play.inject(*play.ids)
    assert play.drill.injected_at is None


def test_a_watch_that_was_interrupted_is_not_taken_for_a_measurement():
    """Called again after the failure it cannot know the first edge, and says so."""
    play = DrillPlay()
    play.run()
    play.drills.set(replace(play.drill, status=DrillStatus.RUNNING), "status")
    with pytest.raises(DrillInterruptedError):
        play.watch(*play.ids)


def test_what_rds_said_of_the_database_is_written_down():
    """Its status whenever it is another, beside what users felt."""
    play = DrillPlay()
    play.run()
    assert [one["status"] for one in play.drill.statuses] == ["rebooting", "available"]


def test_an_auditor_finds_who_when_what_and_the_record():
    """Who asked, what was checked before, what it ran on, and the hash of the record, in row and ledger."""
    play = DrillPlay()
    told = play.run()
    assert (told["actor"], told["trigger"], told["engine"]) == ("someone", "request", ENGINE)
    assert all(check["ok"] for check in told["preconditions"])
    assert told["gateway_version"] == "0123456789ab"
    assert told["evidence"]["record"] == f"record of {play.ids[1]}"
    digest = told["evidence"]["record_sha256"]
    assert len(digest) == 64
    (entry,) = [
        one
        for one in play.loop.ledger.page(IDENTIFIER, None, "drill", 99, None).items
        if "verdict" in one.detail
    ]
    assert entry.detail["record_sha256"] == digest


def test_what_drills_proved_is_told():
    """The newest first, kind by kind, and how long ago each was proven last."""
    play = DrillPlay()
    play.run()
    play.clock.pass_seconds(3 * 86400)
    told = play.show.all(NAME)
    assert told["history"]["last_proven_days_ago"] == 3
    assert [one["verdict"] for one in told["drills"]] == ["met"]
    assert play.show.proven(IDENTIFIER) == {
        "last_proven_days_ago": 3,
        "kinds": {"database-failover": {"last_verdict": "met", "last_proven_days_ago": 3}},
    }


def test_the_watch_waits_for_all_that_is_to_be_broken():
    """AWS may take minutes over the calls: well until then is not recovered."""
    play = DrillPlay()
    play.begun()
    began = play.clock.now()

    def see(now):
        if now == began + 60:
            play.drills.set(replace(play.drill, injected_at=now), "injected_at")
        if now == began + 260:
            play.drills.set(replace(play.drill, deeds_done=True), "deeds_done")
        return [Probe(now, component, ok=True, latency=0.1) for component in ASKED_OF]

    play.fake_watch.see = see
    play.watch(*play.ids)
    assert began + 260 + LEAST_SECONDS <= play.drill.recovered_at < began + 260 + LEAST_SECONDS + 15
