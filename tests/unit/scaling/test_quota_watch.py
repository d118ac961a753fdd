"""The watch over a model's quota: shares of the limit, levels that do not flap, and when it is used up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stargate.domain.scaling.model_quotas import BY_MODEL
from stargate.domain.scaling.quota_budgets import Budgets, admitted_per_second
from stargate.domain.scaling.quota_watch import OTHERS, Level, Limit, UseMinute, use_per_second, watch

SONNET = BY_MODEL["sonnet"]
LIMIT = Limit(1_000_000, 1_000, "Service Quotas")
NOON = 43_200.0


def minute(percent, turn=0, **others):
    """A minute that burns so many percent of the tokens, half of them by answers."""
    tokens = percent * LIMIT.tokens / 100.0
    given_ = {"requests": 10.0, "input_tokens": tokens / 2, "output_tokens": tokens / 2 / SONNET.burndown}
    return UseMinute(NOON + 60 * turn, **(given_ | others))


def seen(*percents, before=Level.OK, held=0.0, limit=LIMIT, **others):
    minutes = tuple(minute(percent, turn, **others) for turn, percent in enumerate(percents))
    return watch(SONNET, limit, {"sandbox": minutes}, held, before)


def test_use_is_a_share_of_the_limit_and_not_a_count():
    """A public mistake compared the count with 80 and had 195 of 197 minutes in alarm."""
    found = seen(*[12.0] * 20)
    assert (round(found.percent), found.level) == (12, Level.OK)
    assert found.headroom_tokens == pytest.approx(880_000)


@pytest.mark.parametrize(
    ("percent", "before", "level"),
    [
        (79, Level.OK, Level.OK),
        (80, Level.OK, Level.WARNING),
        (75, Level.WARNING, Level.WARNING),
        (69, Level.WARNING, Level.OK),
        (95, Level.WARNING, Level.CRITICAL),
        (86, Level.CRITICAL, Level.CRITICAL),
        (84, Level.CRITICAL, Level.WARNING),
        (10, Level.CRITICAL, Level.OK),
    ],
)
def test_a_level_begins_higher_than_it_ends(percent, before, level):
    """So that use around a threshold tells nobody anything twice."""
    assert seen(percent, percent, before=before).level is level


def test_output_burns_five_times_and_cache_reads_nothing():
    """As the model's burn-down says; tokens written to a cache count once, and AWS's own estimate wins."""
    plain = UseMinute(NOON, 1, 0, input_tokens=100, output_tokens=20, cache_write_tokens=30)
    assert plain.burnt(5.0) == 100 + 30 + 5 * 20
    assert UseMinute(NOON, 1, 0, 100, 20, 30, quota_tokens=777).burnt(5.0) == 777


def test_what_calls_hold_back_counts_as_used():
    """`max_tokens` is taken when a call starts, whatever it burns in the end."""
    assert seen(50, held=320_000).level is Level.WARNING


def test_requests_may_be_what_runs_out():
    """Many small calls: the share of requests decides."""
    found = seen(5, requests=960.0)
    assert (round(found.percent), found.level) == (96, Level.CRITICAL)


def test_throttles_are_critical_whatever_is_used():
    """Bedrock says so itself; a call that was throttled counts nowhere else."""
    found = seen(40, throttles=5.0)
    assert found.level is Level.CRITICAL
    assert "throttled" in found.reason


def test_a_rise_tells_when_all_will_be_used():
    """Six percent a minute from forty on: at 76 it is four minutes to the end, and a warning before 80."""
    found = seen(*range(40, 80, 6))
    assert found.minutes_left == pytest.approx(4, abs=0.5)
    assert found.level is Level.WARNING
    assert "at this trend" in found.reason


@pytest.mark.parametrize("percents", [[40] * 10, list(range(90, 40, -6)), [10, 60, 20, 70, 15, 65]])
def test_what_does_not_rise_evenly_has_no_end(percents):
    """Level, falling, or up and down."""
    assert seen(*percents).minutes_left is None


def test_environments_share_an_account():
    """Each has its part of the use, the rest of the account too; budgets are parts of the limit."""
    use = {"one": (minute(30),), "two": (minute(10),), OTHERS: (minute(10),)}
    found = watch(SONNET, LIMIT, use, 0.0, Level.OK)
    assert found.shares == pytest.approx({"one": 0.6, "two": 0.2, OTHERS: 0.2})
    assert use_per_second(found, "one", 2) * 60 == pytest.approx(600_000)
    assert use_per_second(found, "two", 2) * 60 == pytest.approx(200_000)


def test_while_nobody_uses_it_each_has_an_even_part():
    """Of two environments half each."""
    found = watch(SONNET, LIMIT, {"one": (), "two": ()}, 0.0, Level.OK)
    assert (found.percent, found.level) == (0.0, Level.OK)
    assert use_per_second(found, "one", 2) * 60 == pytest.approx(500_000)


def test_of_nothing_all_is_used():
    """A quota of zero with calls on it is critical, without any it is well."""
    nothing = Limit(0.0, 0.0, "Service Quotas")
    assert seen(10, limit=nothing).level is Level.CRITICAL
    assert watch(SONNET, nothing, {}, 0.0, Level.OK).level is Level.OK


def test_a_budget_admits_what_it_can_pay_for():
    """Of each model what its tokens allow, of one without a budget all that was asked."""
    use = {"claude-sonnet-4-5": minute(60, requests=600.0), "claude-haiku-4-5": minute(6, requests=60.0)}
    burndowns = dict.fromkeys(use, 5.0)
    half = {"claude-sonnet-4-5": 5_000.0}
    assert admitted_per_second(use, half, burndowns) == pytest.approx(5.0 + 1.0)
    assert admitted_per_second(use, {}, burndowns) is None
    assert admitted_per_second({}, half, burndowns) is None


def test_an_old_budget_is_nobodys_word():
    """After five minutes without the watch there is none."""
    budgets = Budgets(NOON, {"one": {"claude-sonnet-4-5": 5.0}})
    assert budgets.of("one", NOON + 299) == {"claude-sonnet-4-5": 5.0}
    assert budgets.of("one", NOON + 301) == budgets.of("two", NOON) == {}


PERCENTS = st.lists(st.floats(0.0, 300.0), min_size=1, max_size=15)


@given(PERCENTS, st.sampled_from(Level), st.floats(0.0, 1e7))
def test_whatever_is_measured_the_figures_make_sense(percents, before, held):
    """No negative headroom, a level for everything, shares that add up to one."""
    found = seen(*percents, before=before, held=held)
    assert found.headroom_tokens >= 0.0
    assert found.level in Level
    assert found.minutes_left is None or found.minutes_left >= 0.0
    assert not found.shares or math.isclose(sum(found.shares.values()), 1.0)
