"""The verdict: what was measured against what the specification promises."""

import pytest

from stargate.domain.drills.history import Past, history
from stargate.domain.drills.kinds import Kind
from stargate.domain.drills.markers import loss_of, series_of
from stargate.domain.drills.objectives import DATABASE, OBJECTIVES, asked_of
from stargate.domain.drills.platform import PlatformEvent, Reported, reported_by
from stargate.domain.drills.probes import Probe
from stargate.domain.drills.score import Evidence, Verdict, score
from stargate.domain.drills.seen import with_database

START = 1_795_480_000.0
INJECTED = START + 30.4
NOTHING_LOST = loss_of([(START, "m-1")], {"m-1"}, 1.0)
SERIES = series_of([START], [START, START + 15], START)
COMPONENTS = ("database", "langfuse", "grafana", "victoria-metrics", "litellm", "liveliness")


def probes(out, seconds=420):
    """One question a second to each; `out` is the second after the injection at which each was back."""
    return tuple(
        Probe(START + second, component, ok, 0.1, "" if ok else "503 instead of 200")
        for component in COMPONENTS
        for second in range(seconds)
        for ok in [not INJECTED <= START + second < INJECTED + out.get(component, 0)]
    )


def failed_over(seconds, **back):
    """A failover of so many seconds; everybody who needs the database is back with it unless told."""
    out = {**dict.fromkeys(COMPONENTS[:5], seconds), **back}
    reported = Reported(INJECTED + 2, INJECTED + seconds, "us-east-1a", "us-east-1b")
    return evidence_of(probes(out), reported)


def evidence_of(seen, reported, loss=NOTHING_LOST):
    return Evidence(Kind.DATABASE_FAILOVER, INJECTED, seen, loss, SERIES, reported, (DATABASE,))


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(35, Verdict.MET), (60, Verdict.MET), (90, Verdict.MET), (120, Verdict.MISSED), (240, Verdict.MISSED)],
)
def test_a_failover_is_judged_by_the_time_it_took(seconds, verdict):
    """Under two minutes is promised: two minutes are not under two minutes."""
    told = score(failed_over(seconds))
    assert told.verdict is verdict
    assert told.recovery_seconds == pytest.approx(seconds, abs=1.1)
    assert all(one.seconds == pytest.approx(seconds, abs=1.1) for one in told.components)


def test_by_how_much_it_was_missed_is_told():
    """The number that a report is read for."""
    told = score(failed_over(240))
    assert {round(one.by) for one in told.components} == {120}
    assert "database 240.1 s of 120 s, 120.1 s too many" in told.reason


def test_the_promises_are_those_of_the_specification():
    """Thirty seconds for a task that is replaced; in a failover its users are given the database's time."""
    assert {name: one.recovery_seconds for name, one in OBJECTIVES.items()} == {
        "litellm": 30, "grafana": 30, "langfuse": 30, "victoria-metrics": 120, "database": 120,
    }  # fmt: skip
    assert asked_of("litellm", ("database",)) == 120
    assert asked_of("litellm", ("litellm",)) == asked_of("database", ()) / 4 == 30
    assert asked_of("victoria-metrics", ("grafana",)) == 120


def test_each_component_has_its_own_time():
    """One that comes back late misses alone, and the whole gateway is as late as it."""
    told = score(failed_over(60, grafana=150))
    assert {one.component: one.met for one in told.components} == {
        "database": True, "litellm": True, "langfuse": True, "grafana": False, "victoria-metrics": True,
    }  # fmt: skip
    assert told.verdict is Verdict.MISSED
    assert told.recovery_seconds == pytest.approx(150, abs=1.1)


def test_a_wedged_litellm_is_found_and_counted():
    """It lives and refuses every key: its time goes on until the rescue has worked."""
    told = score(failed_over(60, litellm=200))
    assert told.wedge is not None
    assert told.wedge.seconds == pytest.approx(140, abs=1.1)
    assert told.verdict is Verdict.MISSED
    assert told.recovery_seconds == pytest.approx(200, abs=1.1)
    assert "litellm lived and refused every key" in told.explanation


def test_a_litellm_whose_tasks_are_gone_is_not_wedged():
    """Where not even liveliness answers it is a plain outage."""
    assert score(failed_over(60, litellm=200, liveliness=200)).wedge is None


def test_one_that_never_comes_back_missed():
    """By at least what was seen."""
    told = score(failed_over(60, litellm=10_000))
    litellm = next(one for one in told.components if one.component == "litellm")
    assert (litellm.seconds, litellm.met, told.recovery_seconds) == (None, False, None)
    assert litellm.by > 250
    assert "not well again" in told.reason


def test_data_that_was_acknowledged_and_is_gone_is_a_miss():
    """No loss is promised: two lost markers are two seconds of data."""
    written = [(INJECTED - 3, "m-1"), (INJECTED - 2, "m-2"), (INJECTED - 1, "m-3")]
    lost = loss_of(written, {"m-1"}, 1.0)
    assert (lost.lost, lost.seconds) == (2, 2.0)
    evidence = failed_over(60)
    told = score(evidence_of(evidence.probes, evidence.reported, lost))
    assert told.verdict is Verdict.MISSED
    assert "2 acknowledged records lost" in told.reason


def test_nothing_broken_proves_nothing():
    """No request failed and RDS tells of no failover: the drill is not a success."""
    told = score(evidence_of(probes({}), Reported(None, None)))
    assert told.verdict is Verdict.NOT_PROVEN


def test_nothing_measured_proves_nothing():
    """A component without a single question cannot have met anything."""
    some = tuple(one for one in probes({}) if one.component != "grafana")
    told = score(evidence_of(some, Reported(INJECTED, INJECTED + 1)))
    assert (told.verdict, "grafana" in told.reason) == (Verdict.NOT_PROVEN, True)


def test_a_failover_that_nobody_felt_is_met():
    """RDS reports it, and no request failed."""
    told = score(evidence_of(probes({}), Reported(INJECTED, INJECTED + 20)))
    assert (told.verdict, told.recovery_seconds) == (Verdict.MET, 0.0)


def test_what_rds_reports_stands_beside_with_the_difference_explained():
    """Its own start and end, the zone swapped, and both edges of the difference."""
    events = [
        PlatformEvent(INJECTED + 2, "Multi-AZ instance failover started."),
        PlatformEvent(INJECTED + 30, "DB instance restarted"),
        PlatformEvent(INJECTED + 50, "Multi-AZ instance failover completed"),
    ]
    reported = reported_by(events, "us-east-1a", "us-east-1b")
    assert (reported.seconds, reported.swapped) == (48, True)
    evidence = failed_over(60)
    told = score(evidence_of(evidence.probes, reported))
    assert "users felt 60.1 s, RDS reports 48.0 s" in told.explanation
    assert "1.4 s before RDS's start" in told.explanation
    assert "10.7 s after RDS's completion" in told.explanation


def test_the_history_tells_latest_worst_and_last_proven():
    """One that did not come back is the worst there is."""
    day = 86400
    past = [
        Past("d1", "database-failover", START, "met", {"litellm": 60.0}),
        Past("d2", "database-failover", START + day, "missed", {"litellm": 140.0}),
    ]
    told = history(past, START + 3.5 * day)
    assert (told["drills"], told["last_verdict"], told["last_proven_days_ago"]) == (2, "missed", 3)
    assert told["kinds"]["database-failover"]["components"]["litellm"] == {
        "latest_seconds": 140.0, "worst_seconds": 140.0, "change_seconds": 80.0,
    }  # fmt: skip
    assert history([], START)["last_proven_days_ago"] is None


def test_kinds_are_no_trend_of_one_another():
    """A task that nobody missed does not make a failover look better."""
    past = [
        Past("d1", "database-failover", START, "missed", {"litellm": 140.0}),
        Past("d2", "litellm-task", START + 1, "met", {"litellm": 0.0}),
    ]
    kinds = history(past, START + 2)["kinds"]
    assert kinds["database-failover"]["components"]["litellm"]["worst_seconds"] == 140.0
    assert kinds["database-failover"]["last_proven_days_ago"] is None
    assert kinds["litellm-task"]["last_proven_days_ago"] == 0


def test_a_langfuse_that_is_down_alone_is_no_database_that_is():
    """Grafana is served by the database in the same second."""
    seen = [
        Probe(START, "ingestion", ok=False, latency=0.1, reason="503 instead of 207"),
        Probe(START + 0.01, "langfuse", ok=False, latency=0.1, reason="503 instead of 200"),
        Probe(START + 0.02, "grafana", ok=True, latency=0.3),
        Probe(START + 1.0, "ingestion", ok=False, latency=0.1, reason="503 instead of 207"),
        Probe(START + 1.02, "grafana", ok=False, latency=0.2, reason="500 instead of 200"),
        Probe(START + 2.0, "litellm", ok=True, latency=0.1),
    ]
    first, second = [one for one in with_database(seen) if one.component == "database"]
    assert (first.ok, first.ended_at) == (True, pytest.approx(START + 0.32))
    assert second == Probe(
        START + 1.0, "database", ok=False, latency=pytest.approx(0.22),
        reason="grafana: 500 instead of 200; ingestion: 503 instead of 207",
    )  # fmt: skip


def test_a_gap_is_from_sample_to_sample():
    """The longest after the failure; a sample that was seen and is gone is lost."""
    found = series_of([0.0, 15.0, 30.0], [0.0, 15.0, 90.0, 105.0], 20.0)
    assert (found.gap_seconds, found.loss.lost) == (75.0, 1)
    assert series_of([], [], 0.0).gap_seconds is None
