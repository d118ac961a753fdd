"""What was heard once, decided by another playbook: each decision that differs, and on what it hangs."""

from __future__ import annotations

import pytest

from stargate.domain.moments import told
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.playbook.document import rules_of
from stargate.domain.playbook.replay import recorded, replayed
from stargate.usecases.provisioning.show_environments import entry_document
from tests.unit.operating.loop_play import CRITICAL, WARNING, LoopPlay

CPU = {
    "rule": "litellm-cpu-critical",
    "while": "cpu-high",
    "severity": "critical",
    "do": "raise_bound",
    "why": "critical",
}
REST = {"rule": "rest", "while": "*", "why": "nothing"}


@pytest.fixture
def play():
    return LoopPlay()


def heard(play):
    """The signals of its ledger, as the API gives them."""
    return [signal for entry in play.entries() if (signal := recorded(entry_document(entry)))]


def night(play):
    """CPU turns critical, eases after ten minutes, and is over after twenty; a task crashes meanwhile."""
    play.load(88)
    play.alarm(WARNING, "ALARM")
    play.clock.pass_seconds(1)
    play.alarm(CRITICAL, "ALARM")
    play.clock.pass_seconds(600)
    play.crash("t1")
    play.alarm(CRITICAL, "OK")
    play.clock.pass_seconds(600)
    play.alarm(WARNING, "OK")
    return heard(play)


def playbook(*rules):
    return rules_of({"rules": [*rules, REST]})


def found(replay):
    return [
        (one["condition"], one["severity"], one["if"], one["before"].get("do"), one["after"].get("do"))
        for one in replay.document()["differences"]
    ]


def test_the_same_playbook_decides_the_same(play):
    """Every signal that changed something is a decision; none differs."""
    replay = replayed(night(play), DEFAULT, DEFAULT)
    assert (replay.signals, replay.decisions, replay.differences) == (5, 5, ())


def test_a_rule_that_does_something_else_differs_where_it_fits(play):
    """And nowhere else: with when, whose and by which rules."""
    changed = playbook({**CPU, "do": "restart_service", "why": "we try this"})
    replay = replayed(night(play), playbook(CPU), changed)
    (one,) = replay.document()["differences"]
    assert one == {
        "at": told(play.clock.now() - 1201),
        "entry": one["entry"],
        "condition": "cpu-high#litellm",
        "severity": "critical",
        "state": "open",
        "if": [],
        "before": {"rule": "litellm-cpu-critical", "do": "raise_bound", "why": "critical"},
        "after": {"rule": "litellm-cpu-critical", "do": "restart_service", "why": "we try this"},
    }
    assert one["entry"] in [entry.entry_id for entry in play.entries("signal")]


def test_another_name_or_reason_is_no_other_decision(play):
    """What would be done is the same; within other guards it is not."""
    signals = night(play)
    assert found(replayed(signals, playbook(CPU), playbook({**CPU, "rule": "other", "why": "x"}))) == []
    slower = {**CPU, "within": {"cool_down_minutes": 60}}
    assert found(replayed(signals, playbook(CPU), playbook(slower))) == [
        ("cpu-high#litellm", "critical", [], "raise_bound", "raise_bound")
    ]


def test_a_rule_that_waits_is_decided_when_its_time_has_come(play):
    """Open for 15 minutes it was, as a warning; for half an hour it was not."""
    signals = night(play)
    begun = signals[0].at
    for minutes, moments in ((15, [told(begun + 900)]), (30, [])):
        patient = {**CPU, "severity": "warning", "for_minutes": minutes}
        differences = replayed(signals, playbook(), playbook(patient)).document()["differences"]
        assert [one["at"] for one in differences] == moments


def test_a_difference_that_hangs_on_facts_says_on_which(play):
    """What the facts were then is not kept, so it is decided for either answer."""
    asking = {**CPU, "when": ["not release_rolling_out"]}
    signals = night(play)
    assert found(replayed(signals, playbook(CPU), playbook(asking))) == [
        ("cpu-high#litellm", "critical", ["release_rolling_out"], "raise_bound", None)
    ]
    assert found(replayed(signals, playbook(), playbook(asking))) == [
        ("cpu-high#litellm", "critical", ["not release_rolling_out"], None, "raise_bound")
    ]


def test_a_question_that_changes_nothing_is_not_named(play):
    """It is asked, and either answer differs alike."""
    asking = {**CPU, "rule": "first", "when": "release_rolling_out", "do": "restart_service"}
    always = {**CPU, "do": "restart_service"}
    told_ = found(replayed(night(play), playbook(CPU), playbook(asking, always)))
    assert {tuple(one[2]) for one in told_} == {("release_rolling_out",), ("not release_rolling_out",)}


def test_recoveries_are_decided_too(play):
    """A condition that has closed is over."""
    after = {"rule": "b", "after": "cpu-high", "do": "restart_service", "why": "x"}
    assert found(replayed(night(play), playbook(), playbook(after))) == [
        ("cpu-high#litellm", "warning", [], None, "restart_service")
    ]


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"kind": "action"},
        {"kind": "signal", "detail": 7},
        {"kind": "signal", "detail": {"kind": "odd"}},
        {"kind": "signal", "detail": {"kind": "cpu-high", "source": "x"}, "at": "yesterday"},
        {"kind": "signal", "detail": {"kind": "cpu-high"}, "at": "2026-11-24T03:00:00Z", "id": "i"},
    ],
)
def test_what_is_no_recorded_signal_is_left_out(entry):
    """Entries of other kinds, and what an older release wrote otherwise."""
    assert recorded(entry) is None


def test_a_truth_that_was_seen_at_the_examination_counts_as_a_signal(play):
    """Its event was lost, and the ledger has its word."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.alarm(CRITICAL, "OK", told=False)
    play.tick(200)
    assert [signal.turn.value for signal in heard(play)] == ["opens", "closes"]


def test_what_a_signal_said_itself_is_known_and_nothing_hangs_on_it(play):
    """A task that ran out of memory did, in the ledger as then."""
    play.clock.pass_seconds(60)
    play.take(play.task_event("t1", stoppedReason="OutOfMemoryError: container killed due to memory usage"))
    nothing = {"rule": "crash", "while": "task-stopped", "why": "ECS replaces it"}
    asks = {**nothing, "rule": "of memory", "when": "out_of_memory", "do": "page"}
    differences = found(replayed(heard(play), playbook(nothing), playbook(asks, nothing)))
    assert differences == [("task-stopped#litellm", "warning", [], None, "page")]
    asks_other = {**asks, "when": ["not out_of_memory"]}
    assert found(replayed(heard(play), playbook(nothing), playbook(asks_other, nothing))) == []
