"""What a level of a load run says, worked out of two readings and the answers between them."""

import random

import pytest

from bench.litellm_levels import Level, Reading, summary
from local.judges.clients import Answer
from local.judges.mixture import Mixture, Wish
from local.judges.usage import Usage

WISH = Wish(
    "haiku", input_tokens=0, output_tokens=14, streamed=True
)  # 0.5 s to the first token, 0.6 s to the last


def reading(at: float, worker: float, other_worker: float, machine: float) -> Reading:
    """CPU seconds so far; the supervisor has used none."""
    server = {
        1: Usage(0.0, 300.0),
        2: Usage(worker, 400.0),
        3: Usage(other_worker, 420.0),
        4: Usage(0.0, 9.0),
    }
    return Reading(at, supervisor=1, server=server, stand_in=at / 10, load=at / 10, machine=machine)


def wishes(seed: int) -> list[Wish]:
    chance = random.Random(seed)  # noqa: S311
    return [Mixture().draw(chance) for _ in range(50)]


def level(*answers: Answer) -> Level:
    """Ten seconds in which one worker used eight of a core's and the other four, and strangers one."""
    return Level(5, reading(0, 1, 1, 100), reading(10, 9, 5, 115), answers)


def answer(first: float, ended: float, status: int = 200) -> Answer:
    return Answer(WISH, status, asked_at=100.0, first_at=100 + first, ended_at=100 + ended, events=6)


def test_cpu_is_told_of_two_vcpus_as_ecs_would():
    """Of the server alone, and what each of its workers had."""
    figures = level(answer(0.6, 0.8), answer(0.6, 0.8)).figures()
    assert figures["cpu_percent"] == pytest.approx(60)
    assert figures["cpu_seconds_per_request"] == pytest.approx(6)
    assert figures["busiest_worker_core_percent"] == pytest.approx(80)
    assert figures["idlest_worker_core_percent"] == pytest.approx(40)
    assert figures["workers"] == 2


def test_what_others_used_is_what_is_left_of_the_machine():
    """Neither server nor stand-in nor load: one of twenty core seconds."""
    figures = level().figures()
    assert figures["others_percent"] == pytest.approx(5)
    assert figures["stand_in_percent"] == figures["load_percent"] == pytest.approx(5)


def test_what_the_gateway_added_is_what_the_model_alone_would_not_have_taken():
    """To the whole answer, and to its first token."""
    figures = level(answer(0.6, 0.8), answer(0.6, 0.8)).figures()
    assert figures["added_seconds_p50"] == pytest.approx(0.2)
    assert figures["added_first_token_seconds_p50"] == pytest.approx(0.1)


def test_a_refused_request_is_counted_as_such_and_not_as_a_quick_answer():
    """Its time says nothing."""
    figures = level(answer(0.6, 0.8), answer(0.6, 0.8), answer(0.0, 0.01, status=500)).figures()
    assert (figures["requests"], figures["refused"]) == (2, 1)
    assert figures["latency_seconds_p50"] == pytest.approx(0.8)


def test_samples_of_a_level_are_told_by_median_and_spread():
    """A disturbed one moves the spread and not the median."""
    calm, disturbed = level(*[answer(0.6, 0.8)] * 2), level(*[answer(0.6, 1.8)] * 2)
    told = summary([calm, disturbed, calm])
    assert told["median"]["latency_seconds_p95"] == 0.8
    assert told["spread"]["latency_seconds_p95"] == [0.8, 1.8]


def test_the_same_chance_asks_the_same_questions():
    """So that every level and every turn has the same work."""
    drawn, again = wishes(seed=7), wishes(seed=7)
    assert drawn == again
    assert {wish.model for wish in drawn} == {"haiku", "sonnet", "opus"}
    assert {wish.streamed for wish in drawn} == {True, False}
