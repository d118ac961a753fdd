"""How long a retrier waits."""

import random

import pytest

from local.workflows.retries import delay

CHANCE = random.Random(1)  # noqa: S311 - jitter


@pytest.mark.parametrize(("already", "expected"), [(0, 2), (1, 6), (2, 18), (3, 20), (9, 20)])
def test_the_wait_grows_to_its_bound(already, expected):
    """IntervalSeconds times BackoffRate to the power of earlier retries, at most MaxDelaySeconds."""
    retrier = {"IntervalSeconds": 2, "BackoffRate": 3, "MaxDelaySeconds": 20}
    assert delay(retrier, already, CHANCE) == expected


def test_full_jitter_draws_from_nothing_to_the_bound():
    """With JitterStrategy FULL waits are spread over the whole interval."""
    retrier = {"IntervalSeconds": 10, "BackoffRate": 1, "JitterStrategy": "FULL"}
    drawn = [delay(retrier, 3, CHANCE) for _ in range(200)]
    assert 0 <= min(drawn) < 1
    assert 9 < max(drawn) <= 10
