"""What a person has to agree to: asked once, answered once, in time and by somebody else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

import pytest

from stargate.domain.environment import Mode, Status
from stargate.domain.people.approvals import HOUR, ApprovalStatus
from stargate.domain.people.approvers import barred
from stargate.errors import (
    ActionRefusedError,
    ApprovalNotFoundError,
    ApprovalOverError,
    ConflictError,
    InvalidRequestError,
    NotApproverError,
)
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, LINKS, NAME, LoopPlay
from tests.unit.operating.scenes import told as signal

ALICE, BOB = "arn:aws:iam::111122223333:user/alice", "arn:aws:sts::111122223333:assumed-role/Admin/bob"
YES, NO = {"answer": "grant", "reason": "it is needed"}, {"answer": "refuse", "reason": "not tonight"}


@pytest.fixture
def play():
    """CPU is critical where a person has to agree to everything."""
    play = LoopPlay()
    play.becomes(mode=Mode.ADVISE)
    sounds(play)
    return play


def sounds(play):
    play.load(88)
    play.alarm(CRITICAL, "ALARM")


def told(play):
    """All that was said of approvals, in order."""
    return [entry.summary for entry in play.entries("approval")]


def the_approval(play):
    """The newest."""
    return list(play.operations.by_id(IDENTIFIER).operations.approvals.values())[-1]


def answered(play, request, by=ALICE):
    (name,) = play.asked()
    play.answer(name, request, by)
    play.examines_at_once()
    return name


def the_link(play, number=-1):
    return play.approvers.asked[number][3].removeprefix(LINKS)


# Asked.


def test_a_person_is_asked_once_however_often_it_is_examined(play):
    """Nobody wants to be asked every minute for an hour."""
    for _ in range(10):
        play.load(88)
        play.tick()
    assert len(play.asked()) == 1
    assert len(told(play)) == 1
    assert told(play)[0].startswith("approval asked for until 2027-01-15T09:00:00.000Z: ")


def test_what_is_asked_says_what_would_be_done_by_whom_why_and_at_what_price(play):
    """The person decides by this alone, at night, on a telephone."""
    (shown,) = play.approvals.all(25, None)["approvals"]
    assert play.approvals.one(shown["id"]) == shown
    assert {name: shown[name] for name in ("environment", "status", "condition", "action", "subject")} == {
        "environment": NAME,
        "status": "PENDING",
        "condition": "cpu-high#litellm",
        "action": "raise_bound",
        "subject": "litellm",
    }
    assert (shown["requested_by"], shown["target"], shown["severity"]) == (
        "the loop",
        {"minimum": 4, "maximum": 6},
        "critical",
    )
    assert shown["proposal"].endswith(f"; ${shown['usd_per_hour']} an hour more")


def test_nobody_is_asked_for_what_another_guard_holds(play):
    """A yes would not help."""
    other = LoopPlay()
    other.becomes(mode=Mode.ADVISE)
    other.turn_switch({"actions": "off", "reason": "maintenance"})
    sounds(other)
    assert (other.held_by(), other.asked()) == ("switch", [])


def test_nobody_is_asked_for_what_is_not_needed():
    """The gateway has all the tasks that it may have: a yes would not change that."""
    play = LoopPlay()
    play.becomes(mode=Mode.ADVISE)
    play.load(20, tasks=6)
    play.alarm(CRITICAL, "ALARM")
    assert play.asked() == []


def test_a_signal_that_comes_twice_asks_once(play):
    """The copy finds its own entry."""
    copy = play.alarm_event(CRITICAL, "ALARM")
    play.take(copy)
    play.take(copy)
    assert len(play.asked()) == 1


def test_what_is_asked_is_listed_page_by_page_the_oldest_first(play):
    """Also when what a page ended with was answered meanwhile."""
    for kind, subject in (("memory-high", "grafana"), ("memory-high", "langfuse")):
        play.clock.pass_seconds(1)
        signal(play, kind, subject)
    first = play.approvals.all(2, None)
    assert [one["subject"] for one in first["approvals"]] == ["litellm", "grafana"]
    play.answer(first["next"], NO, BOB)
    rest = play.approvals.all(2, first["next"])
    assert ([one["subject"] for one in rest["approvals"]], rest["next"]) == (["langfuse"], None)
    with pytest.raises(InvalidRequestError):
        play.approvals.all(2, "rumour")


# Answered.


def test_what_is_granted_is_done_at_once_and_says_by_whose_word(play):
    """The action's decision is caused by the answer."""
    name = answered(play, YES)
    assert len(play.remedies.started) == 1
    decision = play.entries("decision")[-1]
    assert (decision.detail["verdict"], decision.detail["approval"]) == ("act", name.partition("-")[2])
    assert decision.cause == play.entries("approval")[-1].entry_id
    assert play.entries("approval")[-1].actor == ALICE
    assert play.runs() != "withdrawn"
    assert play.scaling.set != []


def test_what_is_granted_is_examined_again_and_not_replayed(play):
    """CPU has fallen meanwhile: nothing is needed, so nothing is done."""
    (name,) = play.asked()
    play.alarm(CRITICAL, "OK", told=False)
    play.clock.pass_seconds(600)
    play.answer(name, YES, ALICE)
    play.examines_at_once()
    assert play.remedies.started == {}


def test_a_grant_is_good_for_one_performance(play):
    """The next one is asked for anew."""
    answered(play, YES)
    play.performs()
    play.clock.pass_seconds(600)
    play.settles("missed")
    play.clock.pass_seconds(240)
    play.load(95, tasks=4)
    play.tick()
    assert len(play.remedies.started) == 1
    assert len(play.asked()) == 1


def test_a_grant_that_nobody_used_in_time_is_none(play):
    """What was shown may not be so any more: after a quarter of an hour it is asked again."""
    play.turn_switch({"actions": "off", "reason": "wait"})
    answered(play, YES)
    assert (play.remedies.started, play.asked()) == ({}, [])
    play.turn_switch({"actions": "on"})
    play.load(88)
    play.tick(16 * 60)
    assert play.remedies.started == {}
    assert len(play.asked()) == 1


def test_what_is_refused_is_not_done_and_not_asked_again_for_hours(play):
    """Whoever said no is not asked every minute whether they mean it."""
    answered(play, NO, BOB)
    for _ in range(3):
        play.load(88)
        play.tick(3600)
    assert (play.remedies.started, play.asked()) == ({}, [])
    assert told(play)[1] == f"{BOB} refused the approval of raise_bound of litellm: not tonight"
    assert play.condition().decided.guard == "approval"
    play.load(88)
    play.tick(3600)
    assert len(play.asked()) == 1


def test_what_nobody_answers_is_not_done_and_told(play):
    """After an hour the answer is no, and an hour later somebody is asked again."""
    (name,) = play.asked()
    play.load(88)
    play.tick(HOUR)
    assert (
        told(play)[-1] == "approval of raise_bound of litellm: nobody answered until 2027-01-15T09:00:00.000Z"
    )
    assert (play.remedies.started, play.asked()) == ({}, [])
    with pytest.raises(ApprovalOverError, match="nobody answered until"):
        play.answer(name, YES, ALICE)
    play.load(88)
    play.tick(HOUR)
    assert len(play.asked()) == 1


def test_an_answer_that_comes_late_is_refused_before_anybody_has_noticed(play):
    """Time alone ends it, whether the examination has said so or not."""
    (name,) = play.asked()
    play.clock.pass_seconds(HOUR)
    with pytest.raises(ApprovalOverError, match="nobody answered until"):
        play.answer(name, YES, ALICE)


def test_the_second_answer_is_refused_and_told_the_first(play):
    """Two people look at the same message."""
    (name,) = play.asked()
    play.answer(name, NO, BOB)
    with pytest.raises(ApprovalOverError, match=r"bob refused it at .*: not tonight"):
        play.answer(name, YES, ALICE)
    assert the_approval(play).status is ApprovalStatus.REFUSED


def test_of_two_who_answer_in_the_same_moment_one_is_first(play):
    """The slower one reads what the other said."""
    (name,) = play.asked()
    play.operations.meddle.append(lambda: play.answer(name, NO, BOB))
    with pytest.raises(ApprovalOverError, match="bob refused"):
        play.answer(name, YES, ALICE)


def test_who_finds_it_changed_all_the_time_is_told_so(play):
    """After five tries."""

    def meddle():
        raise ConflictError("somebody was faster")

    (name,) = play.asked()
    play.operations.meddle.extend([meddle] * 5)
    with pytest.raises(ConflictError, match="all the time"):
        play.answer(name, YES, ALICE)


def test_what_is_over_by_itself_is_withdrawn_and_told(play):
    """The condition has closed: nobody needs to answer any more."""
    (name,) = play.asked()
    play.alarm(CRITICAL, "OK")
    assert told(play)[-1] == "approval of raise_bound of litellm: it is not waited for any more"
    with pytest.raises(ApprovalOverError, match="not waited for"):
        play.answer(name, YES, ALICE)


def test_what_a_changed_mode_allows_is_not_waited_for(play):
    """It is done, and the question is put away."""
    play.becomes(mode=Mode.ACT)
    play.load(88)
    play.tick()
    assert (len(play.remedies.started), play.asked()) == (1, [])


def test_an_environment_that_goes_asks_nobody_any_more(play):
    """What was asked is put away with what was open."""
    play.becomes(status=Status.RETIRING)
    play.tick()
    assert (play.asked(), play.operations.open_environments()) == ([], [])


def test_what_has_worsened_is_asked_again_although_it_was_refused():
    """The no was to something smaller."""
    play = LoopPlay()
    play.becomes(mode=Mode.ADVISE)
    sounds(play)
    answered(play, NO)
    play.alarm(CRITICAL, "OK")
    play.clock.pass_seconds(120)
    sounds(play)
    assert len(play.asked()) == 1


# By whom.


def test_nobody_answers_what_they_asked_for_themselves(play):
    """However they are known at that moment."""
    environment = play.operations.by_id(IDENTIFIER).environment
    own = the_approval(play).__class__(**{**asdict(the_approval(play)), "requested_by": ALICE})
    assert barred(environment, own, ALICE) == "alice asked for it: somebody else has to answer"
    assert barred(environment, own, "arn:aws:sts::111122223333:assumed-role/Admin/alice") != ""
    assert barred(environment, own, BOB) == ""


def test_where_approvers_are_named_nobody_else_answers(play):
    """The API lets more people in than these."""
    play.change(NAME, {"approvers": ["bob"]})
    (name,) = play.asked()
    with pytest.raises(NotApproverError, match="alice is none of its approvers: bob"):
        play.answer(name, YES, ALICE)
    play.answer(name, YES, BOB)
    assert the_approval(play).status is ApprovalStatus.GRANTED


@pytest.mark.parametrize(
    ("request_", "paths"),
    [
        ([], [""]),
        ({}, ["/answer"]),
        ({"answer": "yes", "why": "x"}, ["/why", "/answer"]),
        ({"answer": "refuse"}, ["/reason"]),
        ({"answer": "refuse", "reason": " "}, ["/reason"]),
        ({"answer": "grant", "reason": "x" * 501}, ["/reason"]),
        ({"answer": ["grant"]}, ["/answer"]),
    ],
)
def test_an_answer_that_is_none_is_refused_with_every_fault(play, request_, paths):
    """Nothing is half answered."""
    with pytest.raises(InvalidRequestError) as refused:
        play.answer(play.asked()[0], request_, ALICE)
    assert [fault.path for fault in refused.value.faults] == paths


@pytest.mark.parametrize("name", ["", "nonsense", f"{IDENTIFIER}-nonsense", "00000000e009-1-2"])
def test_an_approval_that_is_not_there_is_not_found(play, name):
    """Whatever is wrong with its id."""
    with pytest.raises(ApprovalNotFoundError):
        play.answer(name, YES, ALICE)
    with pytest.raises(ApprovalNotFoundError):
        play.approvals.one(name)


# By one's own link.


@pytest.fixture
def linked(play):
    """Two people may answer, and have been told."""
    play.change(NAME, {"approvers": ["alice", "bob"]})
    play.load(88)
    play.tick()
    return play


def test_each_approver_is_sent_a_link_of_their_own_once(linked):
    """By the next minute, and never again."""
    linked.load(88)
    linked.tick()
    sent = [(who, link.startswith(LINKS)) for who, _, _, link in linked.approvers.asked]
    assert sent == [("alice", True), ("bob", True)]
    assert len({link for _, _, _, link in linked.approvers.asked}) == 2
    assert linked.pager.pages == []


def test_where_nobody_is_named_those_on_call_are_told_without_a_link(play):
    """They answer by command, as who they are."""
    play.load(88)
    play.tick()
    ((subject, text),) = play.pager.pages
    (asked,) = play.pager.notices
    (incident,) = play.operations.by_id(IDENTIFIER).operations.open_incidents()
    assert subject == "[stargate sandbox] APPROVAL asked for: raise_bound of litellm"
    assert (asked.news, asked.thread) == ("approval", f"sandbox-{incident.incident_id}")
    assert asked.facts["approval"] == play.asked()[0]
    assert f"stargate incidents sandbox {incident.incident_id}" in text
    assert f"stargate approve {play.asked()[0]}" in text
    assert (LINKS in text, play.approvers.asked) == (False, [])


def test_nothing_but_the_hash_of_a_link_is_kept(linked):
    """Whoever reads the table, the ledger or the message's own text finds no way to answer."""
    known = linked.operations.by_id(IDENTIFIER).operations
    kept = json.dumps([asdict(one) for one in known.approvals.values()], default=str)
    written = json.dumps([asdict(one) for one in linked.entries()], default=str)
    texts = json.dumps([text for _, _, text, _ in linked.approvers.asked])
    for who, link in (("alice", the_link(linked, 0)), ("bob", the_link(linked, 1))):
        _, _, secret = link.partition(".")
        assert the_approval(linked).links[who] == hashlib.sha256(secret.encode()).hexdigest()
        assert not [place for place in (kept, written, texts) if secret in place]
    assert "links" not in json.dumps(linked.approvals.all(25, None))


def test_whoever_looks_at_a_link_answers_nothing(linked):
    """Mail programs look at every link before a person does."""
    for _ in range(3):
        followed = linked.link.show(the_link(linked, 0))
    assert (followed.approver, followed.approval.status) == ("alice", ApprovalStatus.PENDING)


def test_a_link_answers_once_in_its_owners_name(linked):
    """The same link again is told what was answered; so is the other one."""
    alices, bobs = the_link(linked, 0), the_link(linked, 1)
    assert linked.link.answer(alices, YES).approval.answered_by == "alice"
    linked.examines_at_once()
    assert len(linked.remedies.started) == 1
    assert linked.entries("approval")[-1].actor == "alice"
    for link in (alices, bobs):
        with pytest.raises(ApprovalOverError, match="alice granted it at"):
            linked.link.answer(link, NO)
    assert linked.link.show(bobs).approval.status is ApprovalStatus.GRANTED


def test_a_link_of_somebody_who_is_no_approver_any_more_answers_nothing(linked):
    """The list has changed since it was sent."""
    linked.change(NAME, {"approvers": ["bob"]})
    with pytest.raises(NotApproverError):
        linked.link.answer(the_link(linked, 0), YES)


def test_a_link_is_over_with_its_approval(linked):
    """An hour after it was asked for."""
    linked.clock.pass_seconds(HOUR)
    with pytest.raises(ApprovalOverError):
        linked.link.answer(the_link(linked, 0), YES)


@pytest.mark.parametrize("wrong", ["{name}.{secret}x", "{name}.{other}", "", "../x", "{name}", "{other}"])
def test_a_link_that_was_not_sent_is_none(linked, wrong):
    """A letter more or less, or somebody's guess."""
    name, _, secret = the_link(linked, 0).partition(".")
    guess = wrong.format(name=name, secret=secret, other="x" * len(secret))
    for act in (linked.link.show, lambda link: linked.link.answer(link, YES)):
        with pytest.raises(ApprovalNotFoundError, match="no such link"):
            act(guess)


def test_a_message_that_is_not_taken_is_sent_again_with_a_new_link(play):
    """The first link was perhaps sent: only the newest is good."""
    play.change(NAME, {"approvers": ["alice", "bob"]})
    play.approvers.refuse = "KMS is away"
    play.load(88)
    with pytest.raises(ExceptionGroup) as failed:
        play.tick()
    assert isinstance(failed.value.exceptions[0], ActionRefusedError)
    play.approvers.refuse = ""
    play.load(88)
    play.tick()
    assert [who for who, *_ in play.approvers.asked] == ["alice", "bob"]
    assert play.link.show(the_link(play, 0)).approver == "alice"
