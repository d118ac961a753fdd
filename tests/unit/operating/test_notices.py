"""What people, chats and programs are told: what is needed at night, in one thread, once, and no secret."""

from __future__ import annotations

import json

import pytest

from stargate.domain.operating.facts import Minute
from stargate.domain.operating.first_steps import STEPS, first_steps
from stargate.domain.operating.notices import LONGEST_SUBJECT, Notice, plain
from stargate.domain.operating.pages import in_words
from stargate.domain.operating.playbook import PAGE
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.signals.kinds import KINDS
from stargate.errors import ActionRefusedError
from tests.unit.operating.loop_play import IDENTIFIER, LoopPlay, moment
from tests.unit.signals import senders

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
    assert forms["default"] == TOLD.text
    assert forms["sms"] == TOLD.subject
    assert (
        json.loads(forms["sqs"])
        == json.loads(forms["lambda"])
        == {
            "version": "1",
            "id": "a-1",
            "news": "page",
            "environment": "sandbox",
            "severity": "critical",
            "thread": "sandbox-i-1",
            "condition": "cpu-high",
            "since": "2026-11-24T03:00:00.000Z",
        }
    )
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
    assert plain("a drill", "its verdict").attributes == {"news": "note"}


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
    assert plain(subject, "text").plain_subject == sent


def paging():
    return sorted(
        {
            rule.condition.partition("#")[0]
            for rule in DEFAULT
            if rule.is_open and any(rung == PAGE for rung in rule.rungs)
        }
    )


@pytest.mark.parametrize("kind", paging())
def test_whoever_is_paged_has_first_steps(kind):
    """Of every condition about which the default playbook pages somebody."""
    steps = first_steps(LoopPlay().operations.by_id(IDENTIFIER).environment, kind, "litellm")
    assert steps
    assert "{" not in " ".join(steps).replace("${", "")


def test_no_first_steps_are_left_over():
    """Each is of a condition that there is."""
    known = {kind.condition for kind in KINDS.values()} | {"quota-high"}
    assert set(STEPS) - known == set()


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
    assert end.text.startswith("OVER: incident of database-failed#database ended")
    assert end.facts["summary"]["seconds"]["to_recover"] is not None


def test_minutes_are_told_as_far_as_they_came():
    """A metric that did not come is left out."""
    assert in_words(Minute(0.0, cpu=97.2, tasks=4)) == "4 tasks, 97 % CPU"
    assert in_words(Minute(0.0)) == "no metrics came"
