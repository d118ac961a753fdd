"""One cause is one incident with one response, and it ends with what came of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Mode, Status
from stargate.domain.operating.conditions import Condition
from stargate.domain.operating.incidents import CALM_SECONDS, HEED_SECONDS, cause_among
from stargate.domain.operating.leases import Lease
from stargate.domain.operating.operations import Change
from stargate.domain.signals.signal import Severity, Turn
from stargate.errors import (
    ConflictError,
    EnvironmentNotFoundError,
    IncidentNotFoundError,
    InvalidRequestError,
)
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME, LoopPlay
from tests.unit.operating.scenes import told

WARNING = Severity.WARNING


@pytest.fixture
def play():
    return LoopPlay()


def incidents(play):
    return play.incidents.all(NAME, 25, None)["incidents"]


def the_incident(play):
    (found,) = incidents(play)
    return play.incidents.one(NAME, found["id"])


def changes(play):
    return [entry.detail["change"] for entry in play.entries("incident")]


def closes(play, kind, subject, severity=Severity.CRITICAL):
    play.clock.pass_seconds(1)
    told(play, kind, subject, Turn.CLOSES, severity)


def ends(play, kind, subject):
    """And so does what was done about it, whatever came of it."""
    for action in play.actions():
        play.settle(IDENTIFIER, action.action_id, "missed", "nobody looked")
    closes(play, kind, subject)


def calms(play, seconds=CALM_SECONDS):
    play.tick(seconds)


# It begins, and others join.


def test_a_critical_condition_begins_an_incident(play):
    """Its signal is its cause in the ledger, and whatever is told of it names the incident."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.runs()
    shown = the_incident(play)
    assert (shown["status"], shown["cause"], shown["severity"]) == ("open", "cpu-high#litellm", "critical")
    (entry,) = play.entries("incident")
    assert entry.summary == "incident opened: cpu-high of litellm is critical"
    assert [one.kind for one in play.entries() if one.entry_id == entry.cause] == ["signal"]
    assert {one.incident for one in play.entries()} == {shown["id"]} == {entry.entry_id}


def test_a_warning_begins_none_until_something_is_done_about_it(play):
    """What is only recorded is no story."""
    told(play, "latency-high", "litellm", severity=WARNING)
    assert incidents(play) == []
    told(play, "quota-warning", "bedrock", severity=WARNING)
    assert [one["cause"] for one in incidents(play)] == [action.condition for action in play.actions()]


def test_what_may_come_of_it_joins_and_so_does_what_was_open_before(play):
    """One cause, named as such, however late it is told."""
    told(play, "latency-high", "litellm", severity=WARNING)
    play.clock.pass_seconds(30)
    told(play, "errors-high", "litellm")
    play.clock.pass_seconds(30)
    told(play, "database-failover", "database", severity=WARNING)
    told(play, "keys-refused", "litellm")
    (shown,) = incidents(play)
    assert shown["cause"] == "database-failover#database"
    assert shown["conditions"] == [
        "latency-high#litellm",
        "errors-high#litellm",
        "database-failover#database",
        "keys-refused#litellm",
    ]
    assert changes(play) == ["opened", "joined", "joined"]


def test_what_has_nothing_to_do_with_it_is_an_incident_of_its_own(play):
    """A stolen key is no effect of a busy CPU."""
    told(play, "cpu-high", "litellm")
    told(play, "security-risk", "account")
    assert {one["cause"] for one in incidents(play)} == {"cpu-high#litellm", "security-risk#account"}


def test_what_gets_worse_is_told_and_what_is_said_twice_is_not(play):
    """The worst that it was stays with it."""
    told(play, "errors-high", "litellm")
    told(play, "storage-low", "database", severity=WARNING)
    told(play, "storage-low", "database", severity=WARNING)
    before = len(play.entries("incident"))
    told(play, "errors-high", "litellm")
    assert len(play.entries("incident")) == before


def test_a_condition_that_joined_as_a_warning_worsens_its_incident(play):
    """It began by an action, at night, about a warning."""
    told(play, "secret-rotated", "grafana-database", severity=WARNING)
    play.clock.pass_seconds(1)
    told(play, "secret-rotated", "grafana-database", severity=Severity.CRITICAL)
    assert [one["severity"] for one in incidents(play)] == ["critical"]
    assert changes(play) == ["opened", "worsened"]


def test_what_begins_in_a_drill_begins_no_incident(play):
    """It is the drill's own, until the drill is over and it still holds."""
    now = play.clock.now()
    play.operations.record(IDENTIFIER, Change((Lease("drill", "a-drill", 1, now, now + 300),)))
    told(play, "errors-high", "litellm")
    assert incidents(play) == []
    play.tick(300)
    assert [one["cause"] for one in incidents(play)] == ["errors-high#litellm"]


def test_the_cause_is_what_most_may_come_of_and_of_equals_the_first():
    """By what each kind may lead to."""

    def condition(kind, at, subject="litellm"):
        return Condition(kind, subject, WARNING, open=True, opened_at=at, last_at=at, cause="")

    first, second = condition("errors-high", 1.0), condition("latency-high", 2.0)
    assert cause_among([second, first]) == first
    failover = condition("database-failover", 3.0, "database")
    assert cause_among([first, failover, second]) == failover


# One response.


def test_what_comes_of_a_cause_that_is_being_answered_waits_for_the_answer(play):
    """Ten minutes for the failover; what is wrong then is answered for itself."""
    told(play, "database-failover", "database", severity=WARNING)
    told(play, "task-stopped", "litellm")
    for number in range(3):
        play.crash(f"t{number}")
    decided = play.condition("task-stopped#litellm").decided
    assert (decided.verdict, decided.guard) == ("hold", "incident")
    assert decided.lifts_at == play.condition("database-failover#database").opened_at + HEED_SECONDS


def test_somebody_is_paged_once_about_an_incident(play):
    """The second page of it waits, unless the first did not reach anybody."""
    told(play, "errors-high", "litellm")
    play.performs()
    play.pager.delivered.append(play.clock.now())
    play.clock.pass_seconds(120)
    play.settles("reached")
    told(play, "latency-high", "litellm")
    assert play.held_by("latency-high#litellm") == "incident"
    assert len(play.pager.pages) == 1


def test_a_page_that_nobody_got_is_no_reason_to_wait(play):
    """It missed, so the next one goes."""
    told(play, "errors-high", "litellm")
    play.performs()
    play.settles("missed")
    told(play, "latency-high", "litellm")
    assert play.condition("latency-high#litellm").decided.verdict == "act"


# It ends.


def test_an_incident_ends_with_its_cause_its_actions_and_its_numbers(play):
    """Known, acted on, well again: in seconds, and the effect as it was measured."""
    play.load(88)
    event = play.alarm(CRITICAL, "ALARM", told=False)
    play.clock.pass_seconds(4)
    play.take(event)
    play.clock.pass_seconds(2)
    play.performs()
    play.clock.pass_seconds(120)
    play.services.facts = replace(play.services.facts, desired=4, running=4)
    play.load(50, tasks=4, minutes=1)
    found = play.verify(IDENTIFIER, play.actions()[-1].action_id)
    play.settle(IDENTIFIER, play.actions()[-1].action_id, "reached", found["reason"], found["measured"])
    play.alarm(CRITICAL, "OK")
    play.tick(900)
    play.runs()  # the bound is given back
    calms(play)
    shown = the_incident(play)
    assert (shown["status"], shown["cause"]) == ("ended", "cpu-high#litellm")
    assert shown["summary"]["seconds"] == {"to_detect": 4.0, "to_act": 6.0, "to_recover": 126.0}
    raised, released = shown["summary"]["actions"]
    assert (raised["action"], raised["outcome"], raised["target"]) == (
        "raise_bound",
        "reached",
        {"minimum": 4, "maximum": 6},
    )
    assert raised["measured"] == {"running_tasks": 4, "cpu": 50}
    assert raised["was"]["minimum"] == 2
    assert released["action"] == "release_bound"
    ended = play.entries("incident")[-1]
    assert ended.summary.startswith(
        "incident of cpu-high#litellm ended: known after 4 s, acted on after 6 s, well after 2 min 6 s; "
        "raise_bound of litellm reached (running_tasks 4, cpu 50)"
    )
    assert play.operations.open_environments() == []


def test_the_timeline_has_everything_of_it_in_order_and_nothing_else(play):
    """Of two incidents at the same time each has its own."""
    told(play, "security-risk", "account")
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.runs()
    shown = {one["cause"]: play.incidents.one(NAME, one["id"]) for one in incidents(play)}
    mine = shown["cpu-high#litellm"]["timeline"]
    assert [one["kind"] for one in mine] == ["signal", "incident", "decision", "action", "verification"]
    assert mine[0]["seconds"] == 0.0
    assert {one["entry"] for one in mine} & {
        one["entry"] for one in shown["security-risk#account"]["timeline"]
    } == set()


def test_it_does_not_end_before_all_of_it_has_been_well_for_a_while(play):
    """Ten minutes after the last has closed."""
    told(play, "errors-high", "litellm")
    play.runs()
    closes(play, "errors-high", "litellm")
    calms(play, CALM_SECONDS - 60)
    assert the_incident(play)["status"] == "open"
    calms(play, 60)
    assert the_incident(play)["status"] == "ended"


def test_what_comes_and_goes_is_one_incident(play):
    """Four openings in an hour, and a relapse, open no new one."""
    for _ in range(6):
        told(play, "errors-high", "litellm")
        play.clock.pass_seconds(120)
        ends(play, "errors-high", "litellm")
        play.tick(240)
    calms(play)
    assert the_incident(play)["status"] == "open"  # it opened six times in this hour
    assert changes(play).count("opened") == 1
    calms(play, 3600)
    assert the_incident(play)["status"] == "ended"
    told(play, "errors-high", "litellm")
    assert len(incidents(play)) == 2


def test_an_incident_of_an_environment_that_goes_is_put_away(play):
    """It is nobody's any more."""
    told(play, "errors-high", "litellm")
    play.becomes(status=Status.RETIRING)
    play.tick()
    shown = the_incident(play)
    assert (shown["status"], shown["recovered_at"]) == ("ended", None)
    assert (
        play.entries("incident")[-1].summary
        == "incident of errors-high#litellm is put away: sandbox is RETIRING"
    )


def test_whoever_was_paged_hears_that_an_incident_was_put_away(play):
    """In the same thread, once: it is not well again, but nobody has to do anything."""
    told(play, "errors-high", "litellm")
    play.performs()
    play.becomes(status=Status.ASLEEP)
    play.tick()
    play.tick()
    page, end = play.pager.notices
    assert (end.news, end.thread, end.subject) == ("incident-over", page.thread, page.subject)
    assert end.text.startswith("PUT AWAY: errors-high of litellm in sandbox, which is ASLEEP.")
    assert "Well again:  nobody looks any more" in end.text


def test_an_incident_in_which_nothing_was_done_says_so(play):
    """In mode observe everything is held."""
    play.becomes(mode=Mode.OBSERVE)
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.clock.pass_seconds(60)
    play.alarm(CRITICAL, "OK")
    calms(play)
    assert play.entries("incident")[-1].summary == (
        "incident of cpu-high#litellm ended: known after 0 s, nothing was done, well after 1 min"
    )


def test_an_event_that_comes_twice_opens_one(play):
    """The copy changes nothing."""
    play.load(88)
    event = play.alarm_event(CRITICAL, "ALARM")
    play.take(event)
    play.take(event)
    assert changes(play) == ["opened"]


def test_who_cannot_join_for_the_crowd_is_heard_all_the_same_and_joins_in_the_next_minute(play):
    """A burst of signals about one cause: all of them want the same row at once."""

    def somebody_was_faster():
        raise ConflictError("somebody else joined first")

    told(play, "database-failover", "database")
    play.operations.meddle.extend([somebody_was_faster] * 5)
    assert told(play, "errors-high", "litellm").outcome == "taken"
    (shown,) = incidents(play)
    assert shown["conditions"] == ["database-failover#database"]
    play.tick()
    assert the_incident(play)["conditions"] == ["database-failover#database", "errors-high#litellm"]


# It is shown.


def test_incidents_are_listed_page_by_page_the_newest_first(play):
    """Those that go on are on the first page."""
    for _ in range(3):
        told(play, "errors-high", "litellm")
        ends(play, "errors-high", "litellm")
        calms(play, 2 * 3600)
    told(play, "security-risk", "account")
    first = play.incidents.all(NAME, 2, None)
    assert [one["status"] for one in first["incidents"]] == ["open", "ended", "ended"]
    rest = play.incidents.all(NAME, 2, first["next"])
    assert ([one["status"] for one in rest["incidents"]], rest["next"]) == (["ended"], None)
    opened = [one["opened_at"] for one in (*first["incidents"], *rest["incidents"])]
    assert opened == sorted(opened, reverse=True)


def test_what_is_not_there_is_not_found(play):
    """An environment, an incident, a page."""
    with pytest.raises(EnvironmentNotFoundError):
        play.incidents.all("nobody", 25, None)
    with pytest.raises(IncidentNotFoundError):
        play.incidents.one(NAME, "rumour")
    with pytest.raises(InvalidRequestError):
        play.incidents.all(NAME, 25, "rumour")
