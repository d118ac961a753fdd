"""The deployed outer loop: bounds moved with lease and ledger, held by guards, never against an action."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Mode, Status, Work
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.operating.action import Action, ActionStatus
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.leases import Lease
from stargate.domain.operating.operations import Change
from stargate.domain.operating.switch import Switch
from stargate.domain.scaling.outer_loop import Bounds
from stargate.errors import ActionRefusedError
from stargate.usecases.operating.take_event import TakeEvent
from stargate.usecases.scaling.order_looks import OrderLooks
from tests import fakes
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, WARNING
from tests.unit.scaling.scaling_play import ScalingPlay

CHAIN = ["decision", "action", "verification"]


@pytest.fixture
def play():
    """A gateway that has seen five tasks' work on an earlier day."""
    found = ScalingPlay()
    found.knows(5.0)
    return found


def own(play, kind=None):
    """The loop's own entries."""
    return [one for one in play.entries(kind) if one.actor == "scale_gateway"]


def test_a_move_is_a_chain_from_the_look_to_its_verification(play):
    """Decision, action and verification name each other as cause, and the look that began it."""
    play.minutes(3.0)
    play.looks()
    decision, action, verification = own(play)[-3:]
    assert [one.kind for one in (decision, action, verification)] == CHAIN
    assert (decision.cause, action.cause, verification.cause) == (
        "the minute",
        decision.entry_id,
        action.entry_id,
    )
    assert decision.detail["target"] == {"minimum": 4, "maximum": 4} == action.detail["target"]
    assert verification.detail["outcome"] == "reached"
    assert play.bounds() == (4, 4)


def test_a_look_that_changes_nothing_writes_nothing_down(play):
    """Metric readings are metrics: ten looks at the same demand leave the ledger as it is."""
    play.minutes(3.0, 3.0)
    before = len(own(play))
    play.minutes(*[3.0] * 10)
    assert len(own(play)) == before


def test_the_lease_is_held_with_its_fence_until_the_move_is_verified(play):
    """Each move has a higher number, and nobody holds it afterwards."""
    play.follows = False
    play.minutes(3.0)
    first = play.lease()
    assert first.holder == own(play, "decision")[-1].entry_id
    play.settles_tasks()
    play.looks()
    assert play.lease().holder is None
    play.minutes(5.2)
    assert play.lease().fence == first.fence + 1


def test_more_is_ordered_while_the_last_move_is_still_coming_about(play):
    """Tasks take minutes to start; demand that goes on rising does not wait for them."""
    play.follows = False
    play.minutes(3.0, 5.2)
    assert play.bounds() == (6, 6)
    assert play.lease().holder == own(play, "decision")[-1].entry_id


def test_a_move_that_never_comes_about_is_told_as_missed(play):
    """Tasks that do not start within ten minutes: the ledger says so, once, and the lease is free."""
    play.follows = False
    play.minutes(3.0)
    play.minutes(*[3.0] * 11)
    missed = [one for one in own(play, "verification") if one.detail["outcome"] == "missed"]
    assert len(missed) == 1
    assert "2 tasks run" in missed[0].summary
    assert play.lease().holder is None


@pytest.mark.parametrize(
    ("what", "guard"),
    [
        ({"mode": Mode.OBSERVE}, "mode"),
        ({"mode": Mode.ADVISE}, "mode"),
        ({"status": Status.UPDATING, "work": Work.UPDATE}, "status"),
    ],
)
def test_an_environment_that_may_not_be_changed_is_not(play, what, guard):
    """What would be done is told once, with the guard that holds it, and is done when the guard lifts."""
    before = play.bounds()
    play.becomes(**what)
    play.minutes(3.0, 3.0, 3.0)
    assert play.bounds() == before
    held = [one for one in own(play, "decision") if one.detail.get("guard") == guard]
    assert len(held) == 1
    play.becomes(mode=Mode.ACT, status=Status.READY)
    play.minutes(3.0)
    assert play.bounds() == (4, 4)


def test_the_kill_switch_holds_it(play):
    """As it holds every action."""
    play.table.switch = Switch(on=False, reason="we look at something")
    play.minutes(3.0)
    assert play.bounds() == (2, 2)
    assert own(play, "decision")[-1].detail["guard"] == "switch"


def write(play, *rows):
    play.operations.record(IDENTIFIER, Change(tuple(rows)))


def test_a_drill_is_left_alone(play):
    """What it breaks is its own."""
    now = play.clock.now()
    write(play, Lease("drill", "d-1", 1, now, now + 3600))
    play.minutes(3.0)
    assert play.bounds() == (2, 2)
    assert own(play, "decision")[-1].detail["guard"] == "lease"


def action(scope, **others):
    given = {
        "action_id": "a-1",
        "kind": "raise_bound",
        "subject": "litellm",
        "scope": scope,
        "condition": "cpu-high#litellm",
        "rule": "litellm-cpu-critical",
        "status": ActionStatus.PERFORMING,
        "requested_at": 0.0,
    }
    return Action(**{**given, **others})


def test_an_action_on_the_bounds_is_verified_before_the_loop_moves_them(play):
    """One works on a scope at a time."""
    write(play, action("capacity:litellm"))
    play.minutes(3.0)
    assert play.bounds() == (2, 2)
    assert own(play, "decision")[-1].detail["guard"] == "verification"


def hold(minimum, now):
    return Hold(
        scope="capacity:litellm",
        subject="litellm",
        kind="raise_bound",
        condition="cpu-high#litellm",
        target={"minimum": minimum, "maximum": 6},
        was={"minimum": 2, "maximum": 6},
        until=now + 900,
        action_id="a-1",
        fence=1,
    )


def test_a_bound_that_an_action_holds_is_never_gone_below(play):
    """The loop may ask for more than is held, not for less."""
    play.has_bounds(5, 6)
    write(play, hold(5, play.clock.now()))
    play.minutes(*[0.5] * 12)
    assert play.bounds() == (5, 5)
    play.minutes(5.2)
    assert play.bounds() == (6, 6)


@pytest.mark.parametrize("why", ["deployment", "restart", "incident"])
def test_no_task_less_while_something_is_under_way(play, why):
    """Tasks stay during a deployment, a restart and an incident; more may be asked for all the same."""
    play.minutes(*[4.0] * 3)
    assert play.bounds()[0] >= 5
    if why == "deployment":
        play.services.deploy("d-2", "t:2")
    if why == "restart":
        write(play, action("service:litellm", kind="restart_service"))
    if why == "incident":
        play.alarm(CRITICAL, "ALARM")
    stood = play.bounds()
    play.follows = False
    assert "no task less" in play.minutes(*[0.3] * 40).reason
    assert play.bounds() == stood


@pytest.mark.parametrize(
    ("reason", "measured"),
    [
        ("the observer does not answer: ReadTimeoutError", None),
        ("", {"tasks": {"10.20.1.5": {"in_flight": "some"}}}),
        ("", {}),
    ],
)
def test_without_sight_the_lower_bound_stays_and_the_ledger_says_so_once(play, reason, measured):
    """Target tracking may act up to the limits; when the loop sees again it says that too."""
    play.minutes(*[3.0] * 3)
    play.observer.reasons = {"demand": reason} if reason else {}
    seen = play.observer.measured["demand"]
    play.observer.measured["demand"] = measured or {}
    for _ in range(3):
        play.clock.pass_seconds(60)
        play.looks()
    assert play.bounds() == (4, 6)
    told = [one for one in own(play, "decision") if one.detail.get("blind")]
    assert len(told) == 1
    assert "at least 4 tasks as before" in told[0].summary
    play.observer.reasons, play.observer.measured["demand"] = {}, seen
    play.minutes(3.0, 3.0)
    assert play.bounds() == (4, 4)


def test_pinned_bounds_do_not_outlive_who_pins_them(play):
    """Each look puts off the moment at which AWS itself gives the declared bounds back to target tracking."""
    play.minutes(3.0, 3.0)
    assert play.bounds() == (4, 4)
    assert play.scaling.later == (Bounds(2, 6), play.clock.now() + 900)
    play.asks(3.0)
    play.looks()
    assert play.scaling.later == (Bounds(2, 6), play.clock.now() + 900)


def test_who_is_told_to_let_go_lets_go(play):
    """With the kill switch off nothing is put off: a quarter of an hour later the bounds are free."""
    play.minutes(3.0, 3.0)
    _, due = play.scaling.later
    play.table.switch = Switch(on=False, reason="we look at something")
    play.minutes(3.0, 3.0)
    assert play.scaling.later[1] == due


def test_bounds_are_not_pinned_where_nothing_gives_them_back(play):
    """AWS refuses the later moment: then the bounds stay as they are, and somebody hears of it."""
    before = play.bounds()
    play.scaling.refuses_later = "no"
    play.asks(3.0)
    with pytest.raises(ActionRefusedError):
        play.looks()
    assert play.bounds() == before


def test_what_aws_refuses_is_told_once_and_rests(play):
    """The lease is free again, and ten minutes later it is tried anew."""
    play.scaling.refuse = "ValidationException: no such target"
    play.minutes(*[3.0] * 5)
    failed = [one for one in own(play, "action") if one.detail.get("outcome") == "failed"]
    assert len(failed) == 1
    assert play.lease().holder is None
    play.scaling.refuse = ""
    play.minutes(*[3.0] * 8)
    assert play.bounds() == (4, 4)


def test_a_look_that_was_cut_off_before_aws_is_made_good_by_the_next(play):
    """The record stands and the bounds do not: they are moved again."""
    play.scaling.cut_off = True
    play.asks(3.0)
    with pytest.raises(TimeoutError):
        play.looks()
    play.scaling.cut_off = False
    play.minutes(3.0)
    assert play.bounds() == (4, 4)


def test_two_looks_at_once_move_once(play):
    """The slower of two finds what the other has written, and has nothing left to do."""
    play.asks(3.0)
    play.operations.meddle.append(lambda: play.scale(IDENTIFIER, "another"))
    play.looks()
    moves = own(play, "action")
    assert len([one for one in moves if one.detail["target"]["minimum"] == 4]) == 1


def test_a_gateway_with_nothing_to_scale_is_asked_nothing(play):
    """Asleep, or with one number of tasks declared: no call is made."""
    asked = len(play.observer.asked)
    play.becomes(status=Status.ASLEEP)
    assert play.looks().verdict == "none"
    spec = play.table.environments[IDENTIFIER].spec
    play.becomes(status=Status.READY, spec=replace(spec, litellm=replace(spec.litellm, max_tasks=2)))
    assert play.looks().verdict == "none"
    assert len(play.observer.asked) == asked


def test_a_look_costs_the_same_calls_whatever_it_finds(play):
    """One question to the observer, one description each of target and service, one read and one write."""
    for busy in (0.5, 3.0, 3.0, 0.0):
        play.operations.calls.clear()
        play.scaling.calls.clear()
        asked = len(play.observer.asked)
        play.minutes(busy)
        assert play.operations.calls == ["get environment and switch", "query operations", "write"]
        assert play.scaling.calls == ["describe scalable target"]
        assert len(play.observer.asked) == asked + 1


def test_refusal_errors_are_our_own():
    """The fake refuses as the adapter does."""
    play = ScalingPlay()
    play.scaling.refuse = "no"
    with pytest.raises(ActionRefusedError):
        play.scaling.set_bounds("r", "c", "s", 1, 2)


def test_an_observer_that_is_slow_to_begin_makes_no_crowd(play):
    """A count is of the moment of its answer: a minute that took longer to be counted is no busier one."""
    play.minutes(*[1.0] * 6)
    asked = play.observer.ask

    def slow(*question):
        play.asks(1.0, seconds=30)
        return asked(*question)

    play.observer.ask = slow
    play.minutes(1.0)
    play.observer.ask = asked
    play.minutes(1.0)
    demands = [one.demand for one in play.state().memory.minutes[-3:]]
    assert demands == pytest.approx([1.0] * 3, rel=0.05)


def test_a_bound_that_was_raised_goes_back_to_what_the_loop_wants(play):
    """While it wants as much, the bound stays; once it wants less, it goes back to that and no further."""
    play.minutes(*[2.0] * 6)
    assert play.bounds() == (3, 3)
    play.load(88, tasks=3)
    play.alarm(CRITICAL, "ALARM")
    assert play.runs_raise() == "reached"
    raised = play.bounds()[0]
    assert raised > 3
    play.alarm(CRITICAL, "OK")
    for _ in range(16):
        play.minutes(2.0)
        play.examine()
    assert play.remedied("release_bound") == "reached"
    assert play.bounds() == (3, 3)


def test_a_bound_that_the_loop_has_raised_further_waits_for_the_loop(play):
    """It is nobody else's: once the loop wants fewer, what was raised goes back with the rest."""
    play.minutes(*[2.0] * 6)
    play.load(81, tasks=3)
    play.alarm(CRITICAL, "ALARM")
    assert play.runs_raise() == "reached"
    raised = play.bounds()[0]
    play.minutes(*[4.2] * 10)
    assert play.bounds()[0] > raised
    play.alarm(CRITICAL, "OK")
    for _ in range(16):
        play.minutes(4.2)
        play.examine()
    decided, wanted = play.condition().decided, play.bounds()[0]
    assert decided.guard == "scale-in"
    assert decided.reason.endswith(f"the outer loop wants {wanted} tasks by now")
    for _ in range(40):
        play.minutes(2.0)
        play.examine()
    assert play.remedied("release_bound") == "reached"
    assert play.bounds() == (3, 3)


def test_bounds_that_the_loop_has_pinned_are_no_reason_to_act_on_a_warning(play):
    """Target tracking is pinned on purpose then, and the loop does what it would."""
    play.minutes(*[2.0] * 6)
    play.load(65, tasks=3, minutes=5)
    play.alarm(WARNING, "ALARM")
    assert play.condition().decided.action is None


def test_some_signals_make_the_loop_look_at_once(play):
    """CPU's alarm does, an alarm on memory does not."""
    looks = fakes.FakeLooks()
    take = TakeEvent(replace(play.signals, looks=looks), fakes.FakeEnvironments(play.table))
    take(play.alarm_event(CRITICAL, "ALARM"))
    take(play.alarm_event("stargate-sandbox-litellm-memory-critical", "ALARM"))
    ((identifier, cause),) = looks.ordered
    assert identifier == IDENTIFIER
    told = {entry.entry_id: entry.detail["kind"] for entry in play.entries("signal")}
    assert told[cause] == "cpu-high"


def test_every_gateway_that_scales_is_looked_at_each_minute(play):
    """Those that run and have something to scale between, each once, because of the minute's event."""
    table, looks = play.table, fakes.FakeLooks()
    one = table.environments[IDENTIFIER]
    table.environments["b"] = replace(one, environment_id="b", status=Status.ASLEEP)
    table.environments["c"] = replace(one, environment_id="c", spec=PRESETS["poc"].spec)
    assert OrderLooks(fakes.FakeEnvironments(table), looks)("event-1") == 1
    assert looks.ordered == [(IDENTIFIER, "event-1")]
