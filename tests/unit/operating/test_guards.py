"""Each guard: what it holds, what it says, and when it lifts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Mode, Status
from stargate.domain.life.hours import Hours
from stargate.domain.moments import told
from stargate.domain.operating.action import Action, ActionStatus
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.conditions import Condition
from stargate.domain.operating.guards import ALWAYS, GUARDS, ON_DEMAND, Intent, first_held, guards_of
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.leases import LEASE_SECONDS, Lease, taken
from stargate.domain.operating.operations import Operations, Overview
from stargate.domain.operating.switch import Switch
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.playbook.own import UNWRITTEN, in_force
from stargate.domain.signals.signal import Severity
from stargate.errors import (
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    InvalidRequestError,
)
from tests.unit.operating.loop_play import NAME, LoopPlay, environment

NOW = 1_800_000_000.0
RULE = DEFAULT[0]


def action(at, status=ActionStatus.REACHED, kind="raise_bound", name="earlier"):
    scope = ACTIONS[kind].scope_of("litellm")
    return Action(name, kind, "litellm", scope, "cpu-high#litellm", "a rule", status, at, performed_at=at)


def overview(*rows, switch=None, **changes):
    known = Operations()
    for row in rows:
        known = known.with_row(row)
    return Overview(environment(NOW, **changes), {}, switch or Switch(), known, in_force(UNWRITTEN))


CONDITION = Condition("cpu-high", "litellm", Severity.CRITICAL, True, NOW, NOW, "entry")  # noqa: FBT003


def held(seen, kind="raise_bound", condition=CONDITION, **changes):
    intent = Intent(replace(RULE, **changes), condition, ACTIONS[kind], "litellm", "mine")
    return first_held(seen, intent, NOW)


def test_nothing_holds_where_nothing_is_wrong():
    """Ready, acting, switched on, and nothing done before."""
    assert held(overview()) is None
    assert held(overview(status=Status.DEGRADED)) is None  # it stands whole: that is when mending helps


@pytest.mark.parametrize(
    ("seen", "guard", "lifts_at"),
    [
        (overview(status=Status.PROVISIONING), "status", None),
        (overview(status=Status.FAILED), "status", None),
        (overview(mode=Mode.OBSERVE), "mode", None),
        (overview(mode=Mode.ADVISE), "approval", None),
        (overview(switch=Switch(on=False, reason="fire drill")), "switch", None),
        (overview(action(NOW, ActionStatus.PERFORMING)), "verification", None),
        (overview(action(NOW, ActionStatus.REQUESTED, "release_bound")), "verification", None),
        (overview(Lease("capacity:litellm", "other", 3, NOW, NOW + 60)), "lease", NOW + 60),
        (overview(action(NOW - 100)), "cool-down", NOW + 80),
        (overview(action(NOW - 100, ActionStatus.FAILED)), "cool-down", NOW + 80),
        (overview(*(action(NOW - 600 * n, name=f"a{n}") for n in range(1, 11))), None, None),
    ],
)
def test_each_guard_says_why_and_until_when(seen, guard, lifts_at):
    """The reason is what the ledger will have."""
    found = held(seen)
    assert (found and found.guard, found and found.lifts_at) == (guard, lifts_at)
    assert found is None or found.reason


def test_the_budget_of_an_hour_holds_until_its_oldest_is_an_hour_past():
    """Flapping is bounded whatever the cool-down."""
    seen = overview(*(action(NOW - 300 * n, name=f"a{n}") for n in range(1, 4)))
    found = held(seen, cool_down=0, most_in_an_hour=3)
    assert (found.guard, found.lifts_at) == ("budget", NOW - 900 + 3600)


@pytest.mark.parametrize(
    "row",
    [
        replace(action(NOW - 10, ActionStatus.WITHDRAWN), performed_at=None),
        action(NOW - 10, kind="restart_service"),
        replace(action(NOW - 10), subject="grafana"),
        replace(action(NOW - 10, ActionStatus.PERFORMING), action_id="mine"),
        Lease("capacity:litellm", "mine", 3, NOW, NOW + 60),
        Lease("capacity:litellm", None, 3, NOW, NOW + 60),
        Lease("capacity:litellm", "dead", 3, NOW - 7200, NOW - 60),
        Lease("service:litellm", "other", 3, NOW, NOW + 60),
    ],
)
def test_what_is_no_reason_to_wait(row):
    """What did nothing, what is about something else, what is its own, what has run out."""
    assert held(overview(row)) is None


def test_a_bound_is_kept_for_its_time():
    """A release that comes too early is held."""
    bound = {"minimum": 4}, {"minimum": 2}
    hold = Hold("capacity:litellm", "litellm", "raise_bound", "cpu-high#litellm", *bound, NOW + 300, "a", 1)
    assert held(overview(hold), guards=("expiry",)).lifts_at == NOW + 300
    assert held(overview(replace(hold, until=NOW)), guards=("expiry",)) is None
    assert held(overview(replace(hold, live=False)), guards=("expiry",)) is None
    assert held(overview(), guards=("expiry",)) is None


def test_every_guard_stands_before_every_action_or_can_be_named():
    """None is only there to be there, and none can be left out by a rule."""
    assert set(GUARDS) == {*ALWAYS, *ON_DEMAND}
    assert set(ALWAYS) <= set(guards_of(replace(RULE, guards=()), ACTIONS["restart_service"]))
    assert guards_of(RULE, ACTIONS["page"]) == ("verification", "lease", "incident", "budget")


def test_nobody_is_woken_for_what_a_drill_may_have_broken():
    """What was open before it began is no drill's, and what is to be changed waits in either case."""
    seen = overview(Lease("drill", "a-drill", 1, NOW - 60, NOW + 600))
    before = replace(CONDITION, opened_at=NOW - 120)
    assert (held(seen, "page").guard, held(seen, "page").lifts_at) == ("lease", NOW + 600)
    assert held(seen, "page", before) is None
    assert held(seen, "restart_service", before).guard == "lease"


def test_a_condition_that_comes_and_goes_is_not_mended_each_time():
    """Four openings in an hour, until the first of them is an hour past; more tasks are never held back."""
    flapping = replace(CONDITION, openings=(NOW - 3000, NOW - 2000, NOW - 1000, NOW - 10))
    found = held(overview(), "restart_service", flapping)
    assert (found.guard, found.lifts_at) == ("flapping", NOW + 600)
    assert held(overview(), "raise_bound", flapping) is None
    assert (
        held(overview(), "restart_service", replace(CONDITION, openings=(NOW - 3700, *flapping.openings[1:])))
        is None
    )


def test_the_actions_of_an_environment_have_a_rate_but_what_is_taken_back_has_none():
    """Of all kinds and subjects together; pages are not counted."""
    many = [replace(action(NOW - 60 * n, name=f"a{n}"), subject="grafana") for n in range(1, 13)]
    found = held(overview(*many), "restart_service")
    assert (found.guard, found.lifts_at) == ("rate", NOW - 720 + 3600)
    assert held(overview(*many), "release_bound") is None
    assert held(overview(*[replace(one, kind="page") for one in many]), "restart_service") is None
    assert held(overview(actions_an_hour=0), "restart_service").lifts_at is None


def test_two_that_change_the_same_subject_wait_for_each_other_but_a_page_waits_for_nobody():
    """What comes second would be taken for the effect of the first."""
    busy = action(NOW, ActionStatus.PERFORMING)
    assert held(overview(busy), "restart_service").guard == "verification"
    assert (
        held(overview(replace(busy, subject="grafana", scope="capacity:grafana")), "restart_service") is None
    )
    assert held(overview(busy), "page") is None


def test_what_waits_for_the_window_is_told_when_it_opens():
    """NOW is a Friday; by default the window is the template's."""
    found = held(overview(), guards=("window",))
    assert (found.guard, told(found.lifts_at)) == ("window", "2027-01-17T08:30:00.000Z")
    friday = Hours(("fri",), "00:00", "24:00", "UTC")
    assert held(overview(maintenance=friday), guards=("window",)) is None


def test_a_rule_may_ask_for_an_approval_whatever_the_mode():
    """Last, so that nobody is asked about what another guard holds."""
    assert held(overview(), guards=("approval",)).guard == "approval"


# Leases.


def test_a_lease_has_one_holder_and_a_fence_that_grows():
    """The next holder gets the next number; the same holder keeps its own."""
    first = taken(None, "capacity:litellm", "a", NOW)
    assert (first.fence, first.held_by("a", 1)) == (1, True)
    assert taken(first, "capacity:litellm", "b", NOW) is None
    assert taken(first, "capacity:litellm", "a", NOW + 5).fence == 1
    assert taken(first.released(), "capacity:litellm", "b", NOW).fence == 2
    assert taken(first, "capacity:litellm", "b", NOW + LEASE_SECONDS).fence == 2


# The switch and the mode, as they are turned.


def test_the_switch_says_who_turned_it_and_why():
    """And turning it to where it stands changes nothing."""
    play = LoopPlay()
    assert play.turn_switch.read().document()["actions"] == "on"
    off = play.turn_switch({"actions": "off", "reason": " fire drill "})
    assert off.document()["reason"] == "fire drill"
    play.clock.pass_seconds(60)
    assert play.turn_switch({"actions": "off", "reason": "other"}) == off
    assert play.turn_switch({"actions": "on"}).on


@pytest.mark.parametrize(
    ("request_", "paths"),
    [
        (None, [""]),
        ({}, ["/actions"]),
        ({"actions": "off"}, ["/reason"]),
        ({"actions": "off", "reason": 7, "why": "x"}, ["/why", "/reason"]),
        ({"actions": ["on"]}, ["/actions"]),
    ],
)
def test_a_faulty_turn_is_refused_with_every_fault(request_, paths):
    """Off needs its reason: somebody will read it at night."""
    with pytest.raises(InvalidRequestError) as refused:
        LoopPlay().turn_switch(request_)
    assert [fault.path for fault in refused.value.faults] == paths


def test_the_mode_is_changed_and_the_ledger_says_by_whom():
    """To what it is already: nothing is written."""
    play = LoopPlay()
    assert play.change(NAME, {"mode": "observe"}).mode is Mode.OBSERVE
    play.change(NAME, {"mode": "observe"})
    (entry,) = play.entries("decision")
    assert entry.summary == "mode of sandbox changed from act to observe"
    assert entry.cause == "request by someone"


def test_window_and_rate_are_changed_and_told():
    """None gives the window of the template back."""
    play = LoopPlay()
    window = {"days": ["wed"], "from": "02:00", "until": "04:00", "time_zone": "UTC"}
    changed = play.change(NAME, {"maintenance": window, "actions_an_hour": 3})
    assert (changed.maintained.document(), changed.actions_an_hour) == (window, 3)
    assert "sandbox is maintained wed 02:00-04:00 UTC" in play.summaries("decision")[-1]
    assert play.change(NAME, {"maintenance": None}).maintained.days == ("sun",)
    with pytest.raises(InvalidRequestError) as refused:
        play.change(NAME, {"maintenance": {**window, "until": "01:00"}})
    assert [fault.path for fault in refused.value.faults] == ["/maintenance/until"]


@pytest.mark.parametrize(
    ("request_", "paths"),
    [
        ([], [""]),
        ({}, [""]),
        ({"mode": "sleep"}, ["/mode"]),
        ({"mode": ["act"]}, ["/mode"]),
        ({"preset": "poc", "mode": "act"}, ["/preset", "/preset"]),
    ],
)
def test_a_faulty_change_is_refused_with_every_fault(request_, paths):
    """Whatever is wrong with it is told at once."""
    with pytest.raises(InvalidRequestError) as refused:
        LoopPlay().change(NAME, request_)
    assert [fault.path for fault in refused.value.faults] == paths


def test_what_is_not_there_or_going_cannot_be_changed():
    """Not found, or busy."""
    play = LoopPlay()
    with pytest.raises(EnvironmentNotFoundError):
        play.change("other", {"mode": "act"})
    play.becomes(status=Status.RETIRING)
    with pytest.raises(EnvironmentBusyError):
        play.change(NAME, {"mode": "observe"})
