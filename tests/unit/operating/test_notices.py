"""What people, chats and programs are told: what is needed at night, in one thread, once, and no secret."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from stargate.domain.operating.conditions import MOST_NAMED
from stargate.domain.operating.endings import over
from stargate.domain.operating.facts import Minute
from stargate.domain.operating.incident_report import MOST_ACTIONS
from stargate.domain.operating.incidents import Incident
from stargate.domain.operating.notices import LONGEST_SUBJECT, MOST_LISTED, Notice, as_subject, note
from stargate.domain.operating.pages import in_words
from stargate.domain.signals.envelope import LONGEST_TEXT
from stargate.domain.signals.signal import Severity, Signal, Turn
from stargate.errors import ActionRefusedError
from tests.unit.operating.loop_play import LoopPlay, environment, moment
from tests.unit.operating.scenes import told
from tests.unit.signals import senders

LONG = "x" * LONGEST_TEXT
LARGEST_MESSAGE = 256 * 1024  # of SNS, all forms together
TOLD = Notice(
    news="page",
    notice_id="a-1",
    environment="sandbox",
    thread="sandbox-i-1",
    severity="critical",
    subject="[stargate sandbox] cpu-high of litellm",
    text="CRITICAL: cpu-high of litellm",
    facts={"condition": "cpu-high", "since": "2026-11-24T03:00:00.000Z"},
    next_steps=("stargate capacity sandbox",),
)


def test_each_reader_gets_the_form_that_he_reads():
    """A text for email, Amazon Q Developer's schema for a chat, JSON for programs, a line for a telephone."""
    forms = TOLD.by_protocol()
    assert forms["email"] == TOLD.text
    assert forms["sms"] == TOLD.subject
    assert json.loads(forms["default"]) == {
        "version": "1",
        "id": "a-1",
        "news": "page",
        "environment": "sandbox",
        "severity": "critical",
        "thread": "sandbox-i-1",
        "condition": "cpu-high",
        "since": "2026-11-24T03:00:00.000Z",
    }
    chat = json.loads(forms["https"])
    assert (chat["version"], chat["source"], chat["metadata"]["threadId"]) == ("1.0", "custom", "sandbox-i-1")
    assert chat["content"]["nextSteps"] == ["stargate capacity sandbox"]


def test_programs_filter_by_attributes_and_none_is_empty():
    """SNS refuses an attribute without a value."""
    assert TOLD.attributes == {
        "news": "page",
        "environment": "sandbox",
        "severity": "critical",
        "thread": "sandbox-i-1",
    }
    of_no_thread = replace(TOLD, thread="", severity="")
    assert of_no_thread.attributes == {"news": "page", "environment": "sandbox"}


def test_what_is_told_of_a_drill_can_be_filtered_by_its_environment_and_told_apart():
    """One thread from its beginning to its verdict, and an id that is the same however often SNS delivers."""
    begins, verdict = (note("sandbox", "d-1", "a drill", "text", part) for part in ("begins", "verdict"))
    assert begins.attributes == verdict.attributes
    assert begins.attributes == {
        "news": "note",
        "environment": "sandbox",
        "severity": "info",
        "thread": "sandbox-d-1",
    }
    assert [one.for_machines()["id"] for one in (begins, verdict)] == [
        "sandbox-d-1-begins",
        "sandbox-d-1-verdict",
    ]


@pytest.mark.parametrize(
    ("subject", "sent"),
    [
        ("x" * 300, "x" * LONGEST_SUBJECT),
        ("cpu é of\nlitellm", "cpu ? of litellm"),
        ("tab\tand\r\nbreak", "tab and break"),
    ],
)
def test_a_subject_is_one_line_of_ascii_and_short_enough(subject, sent):
    """SNS takes no other, and a name may be anybody's."""
    assert as_subject(subject) == sent


@pytest.fixture
def play():
    play = LoopPlay()
    play.clock.pass_seconds(60)
    return play


def is_paged(play):
    """Somebody is paged about a database that RDS cannot mend."""
    play.hear(told_of("0031", play, "failure"))
    play.performs()


def told_of(number, play, *categories):
    return {**senders.database(number, categories=categories), "time": moment(play.clock.now())}


def test_a_page_has_what_its_source_said_and_the_last_minutes_in_numbers(play):
    """And what to do about it, in commands to paste."""
    play.load(97, tasks=4)
    is_paged(play)
    ((subject, text),) = play.pager.pages
    assert len(subject) <= LONGEST_SUBJECT
    assert text.startswith("CRITICAL: database-failed of database in sandbox.")
    assert "litellm: " in text
    assert "4 tasks, 97 % CPU" in text
    assert "In the words of its source: " in text
    assert "What to do:\n- aws rds describe-db-instances" in text


def test_metrics_that_cannot_be_read_keep_no_page_back(play, monkeypatch):
    """What keeps us from measuring may be what is wrong."""

    def cannot(*_):
        raise ActionRefusedError("no metrics")

    monkeypatch.setattr(play.metrics, "minutes", cannot)
    is_paged(play)
    assert len(play.pager.pages) == 1


def test_all_that_is_told_of_one_incident_is_one_thread(play):
    """The page and the end: same subject, same key; the end once, however often it is looked at."""
    is_paged(play)
    play.pager.delivered.append(play.clock.now())
    play.settles(play.awaits())
    play.hear(told_of("0021", play, "recovery"))
    for _ in range(15):
        play.tick(60)
    page, end = play.pager.notices
    assert (page.news, end.news) == ("page", "incident-over")
    assert (page.thread, page.subject) == (end.thread, end.subject)
    (shown,) = play.incidents.all("sandbox", 25, None)["incidents"]
    whole = play.incidents.one("sandbox", shown["id"])
    assert (end.facts["summary"], end.facts["timeline"]) == (whole["summary"], whole["timeline"])


def test_the_end_says_what_was_wrong_what_was_done_and_how_long_it_took(play):
    """All that one asks in the morning, without looking anything up."""
    is_paged(play)
    play.pager.delivered.append(play.clock.now())
    play.settles(play.awaits())
    play.clock.pass_seconds(120)
    play.hear(told_of("0021", play, "recovery"))
    for _ in range(15):
        play.tick(60)
    lines = play.pager.notices[-1].text.splitlines()
    for line in (
        "OVER: database-failed of database in sandbox.",
        "Known:       after 0 s",
        "Acted on:    after 0 s",
        "- database-failed of database",
        "- after 0 s, incident: incident opened: database-failed of database is critical",
        "- after 0 s, action: page: database",
    ):
        assert line in lines
    (done,) = play.pager.notices[-1].facts["summary"]["actions"]
    assert f"- {done['at']} page of database reached" in lines


def test_a_page_tells_what_was_tried_about_all_of_its_incident(play):
    """What was done about its cause is what one wants to know first."""
    play.raises_bound()
    told(play, "errors-high", "litellm")
    play.performs()
    ((_, text),) = play.pager.pages
    assert "raise_bound of litellm REACHED: as it was measured" in text.partition("Tried:")[2]


def test_a_storm_of_alerts_makes_no_page_that_sns_refuses(play):
    """It names a few of hundreds, and says how many more there are."""
    for number in range(100):
        told(play, "alert", f"Of{number}", severity=Severity.WARNING)
    for number in range(100):
        source = f"{LONG} {number}"
        given = (source, play.clock.now(), "sandbox", "alert", "litellm", Severity.CRITICAL, Turn.OPENS)
        play.signals.take(Signal(*given, source, "us-east-1", {"says": LONG, "runbook": LONG, "look": LONG}))
    play.performs()
    (page,) = play.pager.notices
    assert f"and {100 - MOST_NAMED} more\n" in page.text
    assert f"- ({100 - MOST_LISTED} more)\n" in page.text
    assert len(json.dumps(page.by_protocol())) < LARGEST_MESSAGE


def test_a_long_story_makes_no_end_that_sns_refuses():
    """Of its timeline it has the beginning and the end."""
    action = {
        "action": "page",
        "subject": LONG,
        "at": LONG,
        "target": LONG,
        "outcome": LONG,
        "measured": None,
    }
    entry = {"at": LONG, "seconds": 1.0, "kind": "decision", "summary": LONG * 2}
    seconds = {"to_detect": 1.0, "to_act": 2.0, "to_recover": 3.0}
    incident = Incident(
        incident_id="an incident",
        cause="alert#litellm",
        conditions=tuple(f"alert#{number}-{LONG}" for number in range(200)),
        severity=Severity.CRITICAL,
        opened_at=0.0,
        detected_at=1.0,
        summary={"actions": [action] * MOST_ACTIONS, "seconds": seconds},
    )
    end = over(environment(0.0), incident, [{**entry, "entry": number} for number in range(1000)])
    assert [one["entry"] for one in end.facts["timeline"]] == [*range(10), *range(990, 1000)]
    assert f"- ({1000 - MOST_LISTED} more)\n" in end.text
    assert len(json.dumps(end.by_protocol())) < LARGEST_MESSAGE


def test_minutes_are_told_as_far_as_they_came():
    """A metric that did not come is left out."""
    assert in_words(Minute(0.0, cpu=97.2, tasks=4)) == "4 tasks, 97 % CPU"
    assert in_words(Minute(0.0)) == "no metrics came"
