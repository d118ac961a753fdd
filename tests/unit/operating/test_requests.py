"""A person asks for an action: the same guards, limits, verification and ledger as for what the loop does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Mode, Status
from stargate.errors import (
    ActionAskedError,
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    InvalidRequestError,
)
from stargate.usecases.operating.request_action import RequestAction
from stargate.usecases.operating.take_request import TakeRequest
from tests.unit.operating.loop_play import IDENTIFIER, NAME, LoopPlay
from tests.unit.operating.scenes import told

ALICE, BOB = "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bob"
RESTART = {"action": "restart_service", "subject": "litellm", "reason": "its log is full of timeouts"}
RAISE = {"action": "raise_bound", "subject": "litellm", "with": {"minimum": 5}, "reason": "a launch at nine"}
KEY = "asked:restart_service#litellm"


class Requests:
    """The function that takes them, in this process."""

    def __init__(self, play):
        self.taking = TakeRequest(play.signals, play.identifiers)

    def take(self, name, request, person):
        return self.taking(name, request, person)


@pytest.fixture
def play():
    return LoopPlay()


def asks(play, request, person=ALICE):
    return RequestAction(play.operations, Requests(play), person)(NAME, request)


def ticks(play, count=1):
    for _ in range(count):
        play.tick()


# Done, as whatever else is done.


def test_what_is_asked_for_is_decided_done_and_verified(play):
    """From the person's own words to the measured effect, each entry names the one before."""
    answer = asks(play, RESTART)
    assert answer["decision"]["verdict"] == "act"
    assert answer["condition"] == KEY
    assert "its log is full of timeouts" in answer["decision"]["reason"]
    play.performs()
    it_is_well(play)
    play.awaits()
    play.settles("reached")
    (asked,), (decision,) = play.entries("signal"), play.entries("decision")
    (action,), (verification,) = play.entries("action"), play.entries("verification")
    assert (asked.actor, asked.detail["facts"]["reason"]) == (ALICE, RESTART["reason"])
    assert [decision.cause, action.cause, verification.cause] == [
        asked.entry_id,
        decision.entry_id,
        action.entry_id,
    ]
    ticks(play)
    assert (play.condition(KEY).open, len(play.remedies.started)) == (False, 1)


def it_is_well(play):
    play.clock.pass_seconds(400)
    play.services.settle()


def test_what_is_asked_for_once_is_done_once(play):
    """However often it is examined afterwards, and whatever came of it."""
    asks(play, RESTART)
    play.performs()
    play.settles("missed")
    ticks(play, 5)
    assert (len(play.remedies.started), play.condition(KEY).open) == (1, False)
    assert play.pager.pages == []


def test_the_same_is_not_asked_for_twice_at_a_time(play):
    """The second is told who asked, when and why."""
    asks(play, RESTART)
    with pytest.raises(ActionAskedError, match=r"alice asked for it at .*: its log is full of timeouts"):
        asks(play, RESTART, BOB)
    assert len(play.remedies.started) == 1


def test_of_two_who_ask_in_the_same_moment_one_is_heard(play):
    """The other finds out by what its signal changed."""
    taking = TakeRequest(play.signals, play.identifiers)
    assert taking(NAME, RESTART, ALICE)["outcome"] == "taken"
    again = taking(NAME, RESTART, BOB)
    assert (again["outcome"], again["asked_by"]) == ("unchanged", ALICE)
    assert len(play.remedies.started) == 1


def test_what_is_raised_by_a_person_is_kept_for_as_long_as_was_asked_and_then_taken_back(play):
    """Within the limits, by the number that was given, whatever is measured."""
    play.load(10)
    asks(play, {**RAISE, "minutes": 90})
    play.performs()
    assert play.scaling.set[-1] == (f"stargate-{NAME}", "litellm", 5, 6)
    play.clock.pass_seconds(120)
    play.services.facts = replace(play.services.facts, desired=5, running=5)
    assert play.verifies()["outcome"] == "reached"
    play.settles("reached")
    for _ in range(4):
        play.tick(1200)
    assert (play.hold().live, len(play.remedies.started)) == (True, 1)
    play.tick(1200)
    play.tick(900)
    assert play.runs() == "reached"
    assert play.scaling.set[-1] == (f"stargate-{NAME}", "litellm", 2, 6)


# Held, as whatever else is held.


def test_the_limits_hold_for_people_too(play):
    """As many as are declared, and no more."""
    play.load(10)
    answer = asks(play, {**RAISE, "with": {"minimum": 50}})
    assert play.actions()[-1].target == {"minimum": 6, "maximum": 6}
    assert "the limit is 6" in answer["decision"]["reason"]


@pytest.mark.parametrize(
    ("hinder", "guard"),
    [
        (lambda play: play.turn_switch({"actions": "off", "reason": "wait"}), "switch"),
        (lambda play: play.becomes(mode=Mode.OBSERVE), "mode"),
        (lambda play: play.becomes(actions_an_hour=0), "rate"),
        (lambda play: play.becomes(status=Status.UPDATING), "status"),
    ],
)
def test_a_guard_holds_it_and_it_is_done_when_the_guard_lifts(play, hinder, guard):
    """The answer says which."""
    hinder(play)
    answer = asks(play, RESTART)
    assert (answer["decision"]["verdict"], answer["decision"]["guard"]) == ("hold", guard)
    play.becomes(mode=Mode.ACT, status=Status.READY, actions_an_hour=12)
    play.turn_switch({"actions": "on"})
    ticks(play)
    assert len(play.remedies.started) == 1


def test_people_rest_as_long_between_two_as_the_loop_does(play):
    """The playbook's own cool-down of the action, where it is the shortest."""
    asks(play, RESTART)
    play.performs()
    play.settles("missed")
    ticks(play, 6)
    answer = asks(play, RESTART)
    assert (answer["decision"]["verdict"], answer["decision"]["guard"]) == ("hold", "cool-down")


def test_what_cannot_be_done_in_its_time_is_not_done_later(play):
    """Nobody wants yesterday's restart."""
    play.turn_switch({"actions": "off", "reason": "wait"})
    asks(play, {**RESTART, "minutes": 5})
    play.tick(300)
    play.turn_switch({"actions": "on"})
    ticks(play, 2)
    assert (play.condition(KEY).open, play.remedies.started) == (False, {})
    assert "its time was over" in play.entries("signal")[-1].detail["facts"]["reason"]


def test_what_is_not_needed_is_said_and_over(play):
    """The bound is there already."""
    play.load(10)
    answer = asks(play, {**RAISE, "with": {"minimum": 2}})
    assert answer["decision"]["verdict"] == "none"
    ticks(play)
    assert not play.condition("asked:raise_bound#litellm").open


# Agreed to, by somebody else.


def test_where_an_approval_is_needed_somebody_else_gives_it(play):
    """The one who asked cannot; nor are they sent a link."""
    play.becomes(mode=Mode.ADVISE)
    play.change(NAME, {"approvers": ["alice", "bob"]})
    answer = asks(play, RESTART)
    assert (answer["decision"]["guard"], answer["approval"]) == ("approval", play.asked()[0])
    ticks(play)
    assert [who for who, *_ in play.approvers.asked] == ["bob"]
    assert play.approvals.one(answer["approval"])["requested_by"] == ALICE
    with pytest.raises(Exception, match="alice asked for it: somebody else has to answer"):
        play.answer(answer["approval"], {"answer": "grant"}, ALICE)
    play.answer(answer["approval"], {"answer": "grant"}, BOB)
    play.examines_at_once()
    assert len(play.remedies.started) == 1


def test_what_is_refused_is_over_with_the_request(play):
    """And can be asked for again, and is asked again."""
    play.becomes(mode=Mode.ADVISE)
    answer = asks(play, {**RESTART, "minutes": 30})
    play.answer(answer["approval"], {"answer": "refuse", "reason": "no"}, BOB)
    play.tick(1800)
    assert (play.condition(KEY).open, play.remedies.started) == (False, {})
    assert asks(play, RESTART)["approval"] is not None


# Beside an incident.


def test_what_is_done_by_hand_belongs_to_the_incident_and_begins_none(play):
    """The story has it; a restart on a quiet day is no story."""
    asks(play, RESTART)
    assert play.entries("incident") == ()
    other = LoopPlay()
    told(other, "errors-high", "litellm")
    asks(other, RESTART)
    (incident,) = other.incidents.all(NAME, 25, None)["incidents"]
    assert incident["conditions"] == ["errors-high#litellm", KEY]
    assert incident["cause"] == "errors-high#litellm"


# At the door.


@pytest.mark.parametrize(
    ("request_", "paths"),
    [
        ([], [""]),
        ({}, ["/action", "/reason"]),
        ({"action": "explode", "reason": "x"}, ["/action"]),
        ({"action": "release_bound", "subject": "litellm", "reason": "x"}, ["/action"]),
        ({"action": "restart_service", "reason": "x"}, ["/subject"]),
        ({**RESTART, "reason": ""}, ["/reason"]),
        ({**RESTART, "minutes": 0}, ["/minutes"]),
        ({**RESTART, "minutes": 2.5}, ["/minutes"]),
        ({**RESTART, "with": {"minimum": 4}}, ["/with/minimum"]),
        ({**RESTART, "with": []}, ["/with"]),
        ({**RESTART, "force": True}, ["/force"]),
        ({"action": "evacuate_zone", "subject": "litellm", "reason": "x"}, ["/subject"]),
        ({**RESTART, "reason": "x" * 501}, ["/reason"]),
    ],
)
def test_a_request_that_is_none_is_refused_with_every_fault(play, request_, paths):
    """And nothing is written."""
    with pytest.raises(InvalidRequestError) as refused:
        asks(play, request_)
    assert [fault.path for fault in refused.value.faults] == paths
    assert play.entries() == ()


def test_nothing_is_asked_of_what_is_not_there_or_goes(play):
    """Neither of nobody's environment nor of one that is being removed."""
    with pytest.raises(EnvironmentNotFoundError):
        RequestAction(play.operations, Requests(play), ALICE)("nobody", RESTART)
    play.becomes(status=Status.RETIRING)
    with pytest.raises(EnvironmentBusyError):
        asks(play, RESTART)


def test_the_actions_of_the_last_day_are_listed_the_newest_first(play):
    """Whoever asked for them."""
    request = RequestAction(play.operations, Requests(play), ALICE)
    assert request.all(NAME, 25, None) == {"actions": [], "next": None}
    asks(play, RESTART)
    play.clock.pass_seconds(60)
    told(play, "errors-high", "litellm")
    first = request.all(NAME, 1, None)
    rest = request.all(NAME, 1, first["next"])
    assert [(one["action"], one["rule"]) for one in (*first["actions"], *rest["actions"])] == [
        ("page", "errors-critical"),
        ("restart_service", "asked for"),
    ]
    with pytest.raises(InvalidRequestError):
        request.all(NAME, 1, "rumour")
    assert play.operations.by_id(IDENTIFIER).operations.in_flight(KEY) is not None
