"""Conditions: what signals make of them, in whatever order and number they come."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stargate.domain.operating.conditions import Turned, after
from stargate.domain.operating.truths import alarms_of, told_by_time
from stargate.domain.signals.alarms import alarm_signal
from stargate.domain.signals.signal import Severity, Signal, Turn
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError
from tests.unit.operating.loop_play import CRITICAL, NAME, WARNING, LoopPlay, environment

START = 1_800_000_000.0
ENVIRONMENT = environment(START - 86400)


def alarm(name, value, second):
    return alarm_signal(f"{name}{value}{second}", name, value, START + second, "us-east-1", {})


def stop(task, second):
    return Signal(
        event_id=f"stop {task}",
        at=START + second,
        environment="sandbox",
        kind="task-stopped",
        subject="litellm",
        severity=Severity.WARNING,
        turn=Turn.TELLS,
        source=task,
        region="us-east-1",
    )


def service(kind, turn, second, severity=Severity.INFO):
    told = stop("scheduler", second)
    return replace(told, event_id=f"{kind}{second}", kind=kind, turn=turn, severity=severity)


def report(source, turn, second):
    told = service("cost-anomaly", turn, second, Severity.WARNING)
    return replace(told, event_id=f"{source} {turn}", source=source)


def told(*signals):
    """What each signal did, and the condition at the end."""
    condition, turns = None, []
    for signal in signals:
        transition = after(condition, signal)
        turns.append(transition.what.value)
        condition = transition.condition
    return turns, condition


def test_a_condition_opens_worsens_eases_and_closes():
    """As bad as the worst that is reported of it."""
    turns, condition = told(
        alarm(WARNING, "ALARM", 0),
        alarm(CRITICAL, "ALARM", 10),
        alarm(CRITICAL, "OK", 20),
        alarm(WARNING, "OK", 30),
        alarm(WARNING, "ALARM", 40),
    )
    assert turns == ["opened", "worsened", "eased", "closed", "recurred"]
    assert (condition.times_opened, condition.open, condition.severity) == (2, True, "warning")


def test_who_reported_once_and_is_over_is_forgotten_before_the_row_is_full():
    """Each anomaly reports under a name of its own; what is open is kept, however old it is."""
    first = report("anomaly 0", Turn.OPENS, 0)
    others = [
        report(f"anomaly {number}", turn, 2 * number + later)
        for number in range(1, 40)
        for later, turn in enumerate((Turn.OPENS, Turn.CLOSES))
    ]
    _, condition = told(first, *others)
    assert set(condition.reports) == {"anomaly 0", *(f"anomaly {number}" for number in range(20, 40))}
    assert (condition.open, condition.reports["anomaly 0"].opens) == (True, True)


def test_its_cause_is_the_entry_of_what_changed_it_last():
    """Not of what was said again."""
    opening, again = alarm(CRITICAL, "ALARM", 0), alarm(CRITICAL, "ALARM", 60)
    _, condition = told(opening, again)
    assert condition.cause == opening.entry_id
    assert condition.last_at == START + 60


def test_a_closed_condition_remembers_how_bad_it_was():
    """Who reads it wants to know."""
    _, condition = told(alarm(CRITICAL, "ALARM", 0), alarm(CRITICAL, "OK", 10))
    assert (condition.severity, condition.closed_at) == ("critical", START + 10)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_whatever_the_order_the_newest_word_of_each_source_counts(order):
    """Two alarms, two words each."""
    signals = [
        alarm(WARNING, "ALARM", 0),
        alarm(CRITICAL, "ALARM", 10),
        alarm(CRITICAL, "OK", 20),
        alarm(WARNING, "OK", 30),
    ]
    _, condition = told(*(signals[index] for index in order))
    assert not condition.open


@given(
    st.lists(st.tuples(st.sampled_from([WARNING, CRITICAL]), st.booleans()), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
@settings(max_examples=200, deadline=None)
def test_copies_and_any_order_end_in_the_same_state(words, chance):
    """The same truth, however it was told."""
    signals = [alarm(name, "ALARM" if opens else "OK", second) for second, (name, opens) in enumerate(words)]
    _, straight = told(*signals)
    shuffled = signals + chance.choices(signals, k=len(signals))
    chance.shuffle(shuffled)
    _, mixed = told(*shuffled)
    assert mixed.open == straight.open
    assert mixed.reports == straight.reports
    if straight.open:
        assert mixed.severity == straight.severity


def test_one_stop_is_a_warning_and_three_in_ten_minutes_are_a_crash_loop():
    """ECS mends one by itself."""
    turns, condition = told(stop("a", 0), stop("b", 200), stop("c", 599))
    assert turns == ["opened", "unchanged", "worsened"]
    assert condition.severity == "critical"


def test_three_stops_over_a_longer_time_are_no_crash_loop():
    """Only the last ten minutes count."""
    _, condition = told(stop("a", 0), stop("b", 400), stop("c", 800))
    assert (condition.severity, len(condition.stops)) == ("warning", 2)


@given(st.permutations([("a", 0), ("b", 100), ("c", 200), ("a", 0), ("b", 100)]))
def test_stops_are_counted_by_task_whatever_their_order(stops):
    """A copy of an event is not another crash."""
    _, condition = told(*(stop(*one) for one in stops))
    assert len(condition.stops) == 3
    assert condition.severity == "critical"


def test_a_service_that_cannot_start_tasks_is_a_crash_loop_at_once():
    """ECS says so itself."""
    _, condition = told(service("start-impaired", Turn.OPENS, 0, Severity.CRITICAL))
    assert (condition.kind, condition.severity) == ("task-stopped", "critical")


def test_a_crash_loop_stays_one_until_it_is_over():
    """Fewer stops may only mean that ECS waits longer between its tries."""
    _, looping = told(stop("a", 0), stop("b", 100), stop("c", 200))
    later = after(looping, stop("d", 1000)).condition
    assert (len(later.stops), later.severity) == (1, "critical")


def test_steady_ends_it_only_after_five_quiet_minutes():
    """A crash loop is steady for moments between its crashes."""
    steady = [service("steady-state", Turn.CLOSES, second) for second in (60, 400)]
    turns, condition = told(stop("a", 0), *steady)
    assert turns == ["opened", "unchanged", "closed"]
    assert not condition.stops


def test_a_stop_from_before_the_recovery_does_not_open_it_again():
    """It came late."""
    _, closed = told(stop("a", 0), service("steady-state", Turn.CLOSES, 400))
    late = after(closed, stop("b", 350))
    assert (late.what, late.reason) == (Turned.UNCHANGED, "older than the recovery since")


def test_a_stop_long_before_the_newest_does_not_count_with_it():
    """It came very late."""
    _, known = told(stop("a", 1000))
    assert "too long before" in after(known, stop("b", 100)).reason


def test_a_deployment_that_failed_is_over_when_one_is_complete():
    """The circuit breaker rolls back, or somebody deploys what works."""
    failed = service("deployment-failed", Turn.OPENS, 0, Severity.WARNING)
    turns, _ = told(failed, service("deployment-completed", Turn.CLOSES, 60))
    assert turns == ["opened", "closed"]


@pytest.mark.parametrize("kind", ["deployment-started", "task-interrupted", "at-maximum"])
def test_some_signals_are_noted_and_open_nothing(kind):
    """With the reason why."""
    transition = after(None, service(kind, Turn.TELLS, 0))
    assert (transition.what, transition.condition) == (Turned.UNCHANGED, None)
    assert transition.reason.startswith("noted: ")


# What can be read of them.


def test_an_open_condition_shows_what_was_decided_and_what_is_done():
    """One look says it all."""
    play = LoopPlay()
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.performs()
    (shown,) = play.conditions(NAME, 25, None)["conditions"]
    assert (shown["kind"], shown["subject"], shown["status"]) == ("cpu-high", "litellm", "open")
    assert shown["decision"]["verdict"] == "act"
    assert shown["action"]["status"] == "PERFORMING"
    assert [one["target"]["minimum"] for one in shown["holds"]] == [4]
    assert shown["reported_by"] == [CRITICAL]


def test_closed_conditions_are_shown_on_request_page_by_page():
    """And those that never opened not at all."""
    play = LoopPlay()
    play.alarm(f"stargate-{NAME}-litellm-memory-warning", "OK")
    for name in ("cpu", "connections"):
        play.alarm(f"stargate-{NAME}-database-{name}-warning", "ALARM")
        play.clock.pass_seconds(1)
        play.alarm(f"stargate-{NAME}-database-{name}-warning", "OK")
    assert play.conditions(NAME, 25, None)["conditions"] == []
    first = play.conditions(NAME, 1, None, open_only=False)
    second = play.conditions(NAME, 1, first["next"], open_only=False)
    kinds = [page["conditions"][0]["kind"] for page in (first, second)]
    assert (kinds, second["next"]) == (["connections-high", "cpu-high"], None)


def test_a_mark_that_is_none_and_a_name_that_nobody_has_are_refused():
    """In words."""
    play = LoopPlay()
    with pytest.raises(InvalidRequestError, match="mark of a page"):
        play.conditions(NAME, 1, "nonsense")
    with pytest.raises(EnvironmentNotFoundError):
        play.conditions("other", 1, None)


# What has no instrument lapses.


def failover(kind, turn, second):
    return replace(service(kind, turn, second, Severity.CRITICAL), subject="database", source="rds")


@pytest.mark.parametrize(("seconds", "over"), [(1700, False), (1900, True)])
def test_a_failover_whose_end_was_lost_is_over_after_half_an_hour(seconds, over):
    """RDS's events are best effort, and it takes two minutes."""
    _, condition = told(failover("failover-started", Turn.OPENS, 0))
    found = list(told_by_time(ENVIRONMENT, condition, START + seconds))
    assert bool(found) is over
    if over:
        assert after(condition, found[0]).what is Turned.CLOSED


def test_what_an_alarm_keeps_open_does_not_lapse():
    """The alarm itself is asked each minute."""
    _, condition = told(alarm(CRITICAL, "ALARM", 0))
    assert list(told_by_time(ENVIRONMENT, condition, START + 40 * 86400)) == []


def test_a_quota_that_an_alarm_and_a_notice_report_ends_with_both():
    """Each source by its own newest word: the notice lapses, the alarm says when it is over."""
    name = f"stargate-{NAME}-bedrock-quota-warning"
    notice = replace(
        service("quota-warning", Turn.OPENS, 0, Severity.WARNING), subject="bedrock", source="quota x"
    )
    _, condition = told(notice, alarm(name, "ALARM", 10))
    assert alarms_of([condition]) == (name,)
    (lapsed,) = told_by_time(ENVIRONMENT, condition, START + 2 * 86400)
    turned = after(condition, lapsed)
    assert turned.what is Turned.UNCHANGED
    assert turned.condition.open
    assert after(turned.condition, alarm(name, "OK", 3 * 86400)).what is Turned.CLOSED


def test_full_storage_is_low_storage_at_its_worst():
    """One condition, that the larger storage ends."""
    low, full = (
        replace(failover(kind, Turn.OPENS, second), severity=severity)
        for kind, second, severity in (
            ("storage-low", 0, Severity.WARNING),
            ("storage-full", 10, Severity.CRITICAL),
        )
    )
    turns, condition = told(low, full, failover("storage-grew", Turn.CLOSES, 20))
    assert turns == ["opened", "worsened", "closed"]
    assert condition.kind == "storage-low"
