"""Demand from two counts: what came in, and what a usual request is."""

import math

import pytest

from stargate.domain.scaling.demand import Count, ModelCount, TaskCount, Usual, between, came_in, usual_after
from stargate.domain.scaling.service_model import RequestFigures

NOON = 43_200.0


def model(finished=0.0, **others):
    answers = others.pop("answers", finished)
    return ModelCount(
        finished,
        others.get("throttles", 0.0),
        400.0 * answers,
        40.0 * answers,
        answers,
        2.0 * answers,
        others.get("refused", 0.0),
        others.get("reserved_tokens", 0.0),
    )


def count(at, **tasks):
    """Tasks by name, each its requests in flight and what it has finished of one model."""
    return Count(
        at, {name: TaskCount(flying, {"haiku": model(done)}) for name, (flying, done) in tasks.items()}
    )


def test_what_came_in_is_what_ended_and_what_is_more_in_flight():
    """600 ended and 60 more are under way: eleven a second came in."""
    reading = came_in(count(NOON, one=(20, 1000)), count(NOON + 60, one=(80, 1600)))
    assert (reading.in_flight, reading.asked_per_second) == (80, 11.0)


def test_a_new_task_is_counted_from_nothing_and_one_that_is_gone_not_at_all():
    """Tasks come and go between two looks."""
    before, now = (
        count(NOON, old=(10, 5000), stays=(10, 100)),
        count(NOON + 60, stays=(10, 160), new=(30, 90)),
    )
    assert came_in(before, now).asked_per_second == pytest.approx((60 + 90 + 30) / 60)


def test_a_task_that_began_anew_under_its_address_is_counted_from_nothing():
    """Its counters have fallen."""
    assert between(count(NOON, one=(0, 5000)), count(NOON + 60, one=(0, 40)))["haiku"].finished == 40


def test_the_first_look_knows_only_what_is_in_flight():
    """A rate needs two counts, some seconds apart."""
    first = count(NOON, one=(20, 1000))
    assert came_in(None, first).asked_per_second is None
    assert came_in(first, count(NOON + 0.2, one=(21, 1002))).asked_per_second is None


def test_throttles_are_attempts_a_second():
    """What the quota refused, retries included."""
    before = Count(NOON, {"one": TaskCount(0, {"haiku": model(100)})})
    now = Count(NOON + 60, {"one": TaskCount(0, {"haiku": model(160, throttles=30.0)})})
    assert came_in(before, now).refused_per_second == 0.5


def test_who_was_turned_away_was_refused_too():
    """By admission, without an attempt: to the loop want of quota is want of quota."""
    before = Count(NOON, {"one": TaskCount(0, {"haiku": model(1000)})})
    now = Count(NOON + 60, {"one": TaskCount(0, {"haiku": model(1600, throttles=60, refused=240)})})
    assert came_in(before, now).refused_per_second == 5.0


def test_what_is_reserved_is_learnt_where_it_is_counted():
    """By each request; a gateway of before admission leaves what is assumed."""
    told = usual_after(Usual(), {"haiku": model(600, reserved_tokens=600 * 200.0)})
    assert told.request.reserved_tokens == 200.0
    assert usual_after(Usual(), {"haiku": model(600)}).request == RequestFigures()


def test_a_gateway_of_before_admission_is_counted():
    """Its observer tells neither who was turned away nor what was reserved."""
    figures = {
        "finished": 5,
        "throttles": 1,
        "input_tokens": 9,
        "output_tokens": 8,
        "answers": 4,
        "answer_seconds": 7,
    }
    found = Count.of(NOON, {"tasks": {"one": {"in_flight": 2, "models": {"haiku": figures}}}})
    assert found.tasks["one"].models["haiku"] == ModelCount(5.0, 1.0, 9.0, 8.0, 4.0, 7.0)


def test_a_usual_request_is_learnt_from_answers():
    """The first answers are believed wholly, then few change little."""
    first = usual_after(Usual(), {"haiku": model(100)})
    assert (first.request.input_tokens, first.request.output_tokens, first.seconds) == (400, 40, 2)
    long = ModelCount(1, 0, 40_000, 4_000, 1, 60)
    later = usual_after(first, {"haiku": long})
    assert 400 < later.request.input_tokens < 3000
    assert usual_after(first, {}) == first


@pytest.mark.parametrize("odd", [math.inf, math.nan])
def test_nonsense_teaches_nothing(odd):
    """A sum that is no number leaves what is known."""
    known = usual_after(Usual(), {"haiku": model(100)})
    assert usual_after(known, {"haiku": ModelCount(1, 0, odd, odd, 1, odd)}).request == known.request


def test_the_observers_answer_is_read():
    """As it comes, by address and model; what is not in its form is refused."""
    figures = {"finished": 3.0, "throttles": 1.0, "input_tokens": 9.0, "output_tokens": 6.0, "answers": 2.0,
               "answer_seconds": 4.0}  # fmt: skip
    measured = {"tasks": {"10.0.0.1": {"in_flight": 5.0, "models": {"claude-haiku-4-5": figures}}}}
    found = Count.of(NOON, measured)
    assert found.tasks["10.0.0.1"] == TaskCount(5.0, {"claude-haiku-4-5": ModelCount(**figures)})
    for broken in ({}, {"tasks": {"10.0.0.1": {"in_flight": "many", "models": {}}}}, {"tasks": {"a": {}}}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            Count.of(NOON, broken)


def test_until_it_is_measured_a_request_is_as_the_twin_has_it():
    """The figures of the service model."""
    assert Usual().request == RequestFigures()
