"""The outer loop: what readings, quota and limits make of the bounds."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stargate.domain.scaling.outer_loop import SETTINGS, Bounds, Memory, Reading, Situation, decide
from stargate.domain.scaling.service_model import MODELS, TASK, RequestFigures

REQUEST = RequestFigures()
LIMITS = Bounds(2, 6)
NOON = 43_200.0
SECONDS = REQUEST.seconds(MODELS["haiku"])
A_TASK_FULL = 34.8  # requests a second that keep one task wholly busy
KNOWN = Memory(highest=10.0, highest_at=NOON)  # so much was seen before that nothing is a jump


def situation(now=NOON, bounds=LIMITS, **others):
    known = {"now": now, "limits": LIMITS, "bounds": bounds, "request": REQUEST, "seconds_in_flight": SECONDS}
    return Situation(**(known | others))


def reading(tasks, at=NOON, refused=0.0):
    """Demand that keeps so many tasks wholly busy, with nothing waiting."""
    asked = tasks * A_TASK_FULL
    return Reading(at, asked * SECONDS, asked, refused)


def look_on(demands, memory=None, bounds=LIMITS, every=60.0, start=NOON, **others):
    """The decisions on one demand after the other."""
    memory, found = memory or KNOWN, []
    for turn, tasks in enumerate(demands):
        at = start + every * turn
        decision = decide(reading(tasks, at), situation(at, bounds, **others), memory)
        memory, bounds = decision.memory, decision.bounds
        found.append(decision)
    return found


def test_demand_sets_both_bounds():
    """Three tasks' work asks for four at 78 % of their CPU, and target tracking may add none."""
    decision = look_on([3.0])[0]
    assert decision.bounds == Bounds(4, 4)
    assert "4 tasks" in decision.reason


def test_requests_in_flight_tell_of_what_waits():
    """A crowd in flight asks for tasks though no more comes in than before."""
    crowd = Reading(NOON, 5.5 * A_TASK_FULL * SECONDS, A_TASK_FULL)
    assert decide(crowd, situation(), KNOWN).bounds == Bounds(6, 6)


def test_a_peak_is_remembered_before_tasks_leave():
    """After a peak of two minutes the tasks stay for minutes, then leave one by one, five minutes apart."""
    decisions = look_on([4.0] * 2 + [0.5] * 40)
    minima = [decision.bounds.minimum for decision in decisions]
    assert set(minima[1:7]) == {6}
    assert all(later in {earlier, earlier - 1} for earlier, later in pairwise(minima[1:]))
    assert minima[-1] == 2
    assert minima.count(4) == SETTINGS.fewer_every / 60


def test_a_steady_gateway_needs_less_room_than_a_restless_one():
    """Two and a half tasks' work: four tasks where all minutes are alike, five where they are not."""
    assert look_on([2.5] * 20)[-1].bounds == Bounds(4, 4)
    assert look_on([1.0, 4.0] * 10)[-1].bounds == Bounds(5, 5)


def test_a_steady_rise_is_met_before_it_is_there():
    """A seventh of a task more each minute: the third is ordered before two reach the 70 % of CPU."""
    rise = [0.5 + turn / 7 for turn in range(12)]
    decisions = look_on(rise)
    first = next(turn for turn, one in enumerate(decisions) if one.bounds.minimum == 3)
    assert TASK.idle_share + (1 - TASK.idle_share) * rise[first] / 2 < 0.65
    assert "rising" in decisions[first].reason


def test_the_quota_is_a_ceiling():
    """Tasks that could only refuse faster are not started, and the reason says so."""
    decision = decide(reading(4.0, refused=1.0), situation(quota_per_second=1.5 * A_TASK_FULL), KNOWN)
    assert decision.at_quota
    assert decision.bounds == Bounds(3, 3)
    assert "quota" in decision.reason


def test_a_quota_to_spare_changes_nothing():
    """The bounds are those of the demand alone."""
    free = decide(reading(3.0), situation(), KNOWN)
    spare = decide(reading(3.0, refused=1.0), situation(quota_per_second=10 * A_TASK_FULL), KNOWN)
    assert free.bounds == spare.bounds
    assert not spare.at_quota


@pytest.mark.parametrize("quota", [None, 0.0, -1.0, math.nan, math.inf])
def test_a_quota_that_nobody_tells_leaves_the_last_ceiling(quota):
    """Absent, zero or nonsense: the last ceiling that was known still holds."""
    known = decide(reading(4.0, refused=1.0), situation(quota_per_second=1.5 * A_TASK_FULL), KNOWN).memory
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
    decision = decide(bad, situation(bounds=Bounds(4, 4)), KNOWN)
    assert decision.held
    assert decision.bounds == Bounds(4, 6)
    assert why in decision.reason


def test_without_sight_the_last_ceiling_stands():
    """Target tracking is let up to what the quota could use when it was last known."""
    known = decide(reading(4.0, refused=1.0), situation(quota_per_second=1.5 * A_TASK_FULL), KNOWN).memory
    assert decide(None, situation(bounds=Bounds(2, 2)), known).bounds == Bounds(2, 3)


def test_a_jump_is_left_to_cpus_alarm_and_believed_when_it_lasts():
    """Twice what was ever seen: held and said so, for as long as the alarm on CPU takes, then acted on."""
    calm = look_on([1.0] * 10, memory=Memory(), bounds=Bounds(2, 2))[-1].memory
    jump = look_on([2.5] * 8, memory=calm, bounds=Bounds(2, 2), start=NOON + 600)
    longest = round(SETTINGS.believed_after / 60)
    assert {decision.bounds for decision in jump[:longest]} == {Bounds(2, 6)}
    assert "jumped to 2.5 tasks" in jump[0].reason
    assert jump[longest].bounds == Bounds(3, 3)


def test_what_was_seen_before_is_no_jump():
    """The same crowd comes again after minutes of silence: it is met at once; after an hour it is a jump."""
    crowd = look_on([3.0] * 5)[-1].memory
    silence = look_on([0.0] * 60, memory=crowd, start=NOON + 300)
    soon, late = silence[8].memory, silence[-1].memory
    assert look_on([3.0], memory=soon, bounds=Bounds(2, 2), start=NOON + 900)[0].bounds.minimum >= 4
    assert look_on([3.0], memory=late, bounds=Bounds(2, 2), start=NOON + 3900)[0].bounds == Bounds(2, 6)


def test_silence_keeps_the_peak_then_the_minimum():
    """Zero traffic is no fault: the remembered peak holds for its time, and says that nothing comes in."""
    decisions = look_on([3.0] * 2 + [0.0] * 30)
    assert not decisions[-1].held
    assert decisions[4].bounds.minimum >= 4
    assert "no requests now" in decisions[4].reason
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
        at = NOON + 60.0 * turn
        now = situation(at, bounds, limits=limits, quota_per_second=quota)
        decision = decide(reading(tasks, at), now, memory)
        memory, bounds = decision.memory, decision.bounds
        assert limits.minimum <= bounds.minimum <= bounds.maximum <= limits.maximum
        assert decision.reason


@settings(max_examples=40, deadline=None)
@given(level=st.floats(0.1, 5.0), seed=st.integers(0, 10_000))
def test_a_steady_load_makes_no_oscillation(level, seed):
    """In two hours of one level, five percent up and down by chance, tasks change at most four times."""
    chance = random.Random(seed)  # noqa: S311 - it makes noise
    decisions = look_on([level * (1.0 + chance.uniform(-0.05, 0.05)) for _ in range(120)])
    seen = [decision.bounds for decision in decisions[5:]]
    assert sum(one != other for one, other in pairwise(seen)) <= 4


@given(st.floats(0.0, 8.0), st.floats(0.0, 8.0))
def test_more_demand_never_asks_for_fewer_tasks(one, other):
    """From the same memory the bounds grow with the demand."""
    less, more = (decide(reading(tasks), situation(), Memory()).bounds for tasks in sorted((one, other)))
    assert less.minimum <= more.minimum


def test_old_memory_is_forgotten():
    """What was remembered is bounded, however long the loop runs."""
    memory = look_on([1.0] * 60)[-1].memory
    assert len(memory.minutes) == SETTINGS.remembered_minutes
