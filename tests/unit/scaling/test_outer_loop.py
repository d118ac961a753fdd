"""The outer loop: what readings, quota and limits make of the bounds."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stargate.domain.scaling.outer_loop import SETTINGS, Bounds, Memory, Reading, Situation, decide
from stargate.domain.scaling.service_model import MODELS, RequestFigures

REQUEST = RequestFigures()
LIMITS = Bounds(2, 6)
NOON = 43_200.0
SECONDS = REQUEST.seconds(MODELS["haiku"])
A_TASK_FULL = 34.8  # requests a second that keep one task wholly busy


def situation(now=NOON, bounds=LIMITS, **others):
    known = {"now": now, "limits": LIMITS, "bounds": bounds, "request": REQUEST, "seconds_in_flight": SECONDS}
    return Situation(**(known | others))


def reading(tasks, at=NOON, refused=0.0):
    """Demand that keeps so many tasks wholly busy, with nothing waiting."""
    asked = tasks * A_TASK_FULL
    return Reading(at, asked * SECONDS, asked, refused)


def look_on(demands, memory=None, bounds=LIMITS, every=10.0, **others):
    """The decisions on one demand after the other."""
    memory, found = memory or Memory(), []
    for turn, tasks in enumerate(demands):
        at = NOON + every * turn
        decision = decide(reading(tasks, at), situation(at, bounds, **others), memory)
        memory, bounds = decision.memory, decision.bounds
        found.append(decision)
    return found


def test_demand_sets_both_bounds():
    """Three tasks' work asks for four at three quarters of their CPU, and target tracking may add none."""
    decision = decide(reading(3.0), situation(), Memory())
    assert decision.bounds == Bounds(4, 4)
    assert "4 tasks" in decision.reason


def test_requests_in_flight_tell_of_what_waits():
    """A crowd in flight asks for tasks though no more comes in than before."""
    crowd = Reading(NOON, 5.0 * A_TASK_FULL * SECONDS, A_TASK_FULL)
    assert decide(crowd, situation(), Memory()).bounds == Bounds(6, 6)


def test_a_peak_is_remembered_before_tasks_leave():
    """After a peak the tasks stay for a quarter of an hour, then leave."""
    decisions = look_on([4.0] * 6 + [0.5] * 120)
    assert decisions[6 + 80].bounds == Bounds(6, 6)
    assert decisions[-1].bounds == Bounds(2, 2)


def test_steady_demand_needs_less_room():
    """Where all remembered minutes were alike, three and a half tasks' work is given four tasks, not five."""
    decisions = look_on([3.5] * 100)
    assert decisions[0].bounds == Bounds(5, 5)
    assert decisions[-1].bounds == Bounds(4, 4)


def test_the_quota_is_a_ceiling():
    """Tasks that could only refuse faster are not started, and the reason says so."""
    decision = decide(reading(4.0, refused=1.0), situation(quota_per_second=1.5 * A_TASK_FULL), Memory())
    assert decision.at_quota
    assert decision.bounds == Bounds(3, 3)
    assert "quota" in decision.reason


def test_a_quota_to_spare_changes_nothing():
    """The bounds are those of the demand alone."""
    free = decide(reading(3.0), situation(), Memory())
    spare = decide(reading(3.0, refused=1.0), situation(quota_per_second=10 * A_TASK_FULL), Memory())
    assert free.bounds == spare.bounds
    assert not spare.at_quota


@pytest.mark.parametrize("quota", [None, 0.0, -1.0, math.nan, math.inf])
def test_a_quota_that_nobody_tells_leaves_the_last_ceiling(quota):
    """Absent, zero or nonsense: the last ceiling that was known still holds."""
    known = decide(reading(4.0, refused=1.0), situation(quota_per_second=1.5 * A_TASK_FULL), Memory()).memory
    assert decide(reading(4.0, refused=1.0), situation(quota_per_second=quota), known).bounds == Bounds(3, 3)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (None, "missing"),
        (Reading(NOON, None, 10.0), "missing"),
        (Reading(NOON, 10.0, None), "missing"),
        (Reading(NOON, math.nan, 10.0), "missing"),
        (Reading(NOON, -3.0, 10.0), "missing"),
        (reading(1.0, at=NOON - 300.0), "300 s old"),
        (reading(1.0, at=NOON + 300.0), "clocks disagree"),
        (Reading(NOON, 40.0, 0.0), "nothing came in"),
        (reading(4000.0), "jumped"),
    ],
)
def test_bad_readings_hold_the_lower_bound_and_say_so(bad, why):
    """The lower bound stays; the upper one opens to the limits, so that target tracking can act."""
    decision = decide(bad, situation(bounds=Bounds(4, 4)), Memory())
    assert decision.held
    assert decision.bounds == Bounds(4, 6)
    assert why in decision.reason


def test_without_sight_the_last_ceiling_stands():
    """Target tracking is let up to what the quota could use when it was last known."""
    known = decide(reading(4.0, refused=1.0), situation(quota_per_second=1.5 * A_TASK_FULL), Memory()).memory
    assert decide(None, situation(bounds=Bounds(2, 2)), known).bounds == Bounds(2, 3)


def test_a_jump_seen_twice_is_believed():
    """The second reading of its kind is no mistake of the metric."""
    first = decide(reading(4000.0), situation(), Memory())
    again = decide(reading(4000.0, NOON + 10.0), situation(NOON + 10.0), first.memory)
    assert not again.held
    assert again.bounds == Bounds(6, 6)


def test_silence_keeps_the_peak_then_the_minimum():
    """Zero traffic is no fault: the remembered peak holds for its time, and says that nothing comes in."""
    decisions = look_on([3.0] * 6 + [0.0] * 120)
    assert not decisions[-1].held
    assert decisions[20].bounds == Bounds(4, 4)
    assert "no requests now" in decisions[20].reason
    assert decisions[-1].bounds == Bounds(2, 2)


DEMANDS = st.one_of(
    st.floats(0.0, 20.0), st.just(math.nan), st.just(0.0), st.floats(0.0, 1e6), st.just(math.inf)
)


@settings(max_examples=60, deadline=None)
@given(
    demands=st.lists(DEMANDS, min_size=1, max_size=40),
    quota=st.one_of(st.none(), st.floats(0.0, 1e4)),
    lowest=st.integers(1, 4),
    more=st.integers(0, 6),
)
def test_bounds_stay_within_the_limits(demands, quota, lowest, more):
    """Whatever is read, the bounds are in order and within the limits."""
    limits = Bounds(lowest, lowest + more)
    memory, bounds = Memory(), limits
    for turn, tasks in enumerate(demands):
        at = NOON + 10.0 * turn
        now = situation(at, bounds, limits=limits, quota_per_second=quota)
        decision = decide(reading(tasks, at), now, memory)
        memory, bounds = decision.memory, decision.bounds
        assert limits.minimum <= bounds.minimum <= bounds.maximum <= limits.maximum
        assert decision.reason


@settings(max_examples=40, deadline=None)
@given(level=st.floats(0.1, 5.0), noise=st.lists(st.floats(-0.05, 0.05), min_size=360, max_size=360))
def test_a_steady_load_makes_no_oscillation(level, noise):
    """In an hour of one level, five percent up and down, tasks change at most twice."""
    decisions = look_on([level * (1.0 + one) for one in noise])
    seen = [decision.bounds for decision in decisions[12:]]
    assert sum(one != other for one, other in pairwise(seen)) <= 4


@given(st.floats(0.0, 8.0), st.floats(0.0, 8.0))
def test_more_demand_never_asks_for_fewer_tasks(one, other):
    """From the same memory the bounds grow with the demand."""
    less, more = (decide(reading(tasks), situation(), Memory()).bounds for tasks in sorted((one, other)))
    assert less.minimum <= more.minimum


def test_old_memory_is_forgotten():
    """What was remembered is bounded, however long the loop runs."""
    memory = look_on([1.0] * 400)[-1].memory
    assert len(memory.peaks) <= SETTINGS.remembered / 60 + 1
    assert len(memory.recent) <= SETTINGS.averaged / 10 + 1
    assert replace(memory, peaks=()) != memory
