"""How fast may begin what is asked, by what was refused of it."""

from __future__ import annotations

import pytest

from gateway.admission.pace import BURST, BY_QUOTA, FORGOTTEN, Manner, Pace

PLAIN = Manner(least=1.0, cut=0.9, growth=0.0, memory=10.0)
A_SECOND = 10


def passed(pace, begins, seconds, weight=1.0):
    """How many of ten a second it lets through from then on."""
    moments = [begins + place / A_SECOND for place in range(int(A_SECOND * seconds))]
    return sum(pace.lets(weight, moment) for moment in moments)


def refused_at(pace, moment):
    assert pace.lets(1.0, moment)
    pace.refused(1.0, moment)


def test_whatever_comes_goes_through_while_nothing_is_refused():
    """There is no pace, and nobody waits."""
    pace = Pace(PLAIN)
    assert passed(pace, 0.0, 60.0) == 600
    assert (pace.rate, pace.free_in(60.0)) == (None, 0.0)


def test_a_refusal_leaves_nine_tenths_of_what_went_through():
    """What was refused is not part of it."""
    pace = Pace(PLAIN)
    passed(pace, 0.0, 60.0)
    refused_at(pace, 60.0)
    assert pace.rate == pytest.approx(0.9 * A_SECOND, rel=0.1)
    assert passed(pace, 61.0, 10.0) == pytest.approx(10.0 * pace.rate + BURST * pace.rate, abs=2)


def test_refusals_within_a_second_are_one():
    """Those had begun before the first was known."""
    pace = Pace(PLAIN)
    passed(pace, 0.0, 60.0)
    refused_at(pace, 60.0)
    rate = pace.rate
    pace.refused(1.0, 60.5)
    assert pace.rate == rate
    pace.refused(1.0, 61.1)
    assert pace.rate == pytest.approx(0.9 * rate)


def test_it_never_falls_below_the_least():
    """A model that answers nothing is still asked now and then."""
    pace = Pace(PLAIN)
    passed(pace, 0.0, 10.0)
    for second in range(100):
        pace.refused(1.0, 10.0 + 2.0 * second)
    assert pace.rate == PLAIN.least


def test_it_grows_until_the_next_refusal_and_settles_at_what_is_answered():
    """Of a supply of four a second nearly all is used, and few attempts are refused."""
    pace, supply, bucket, answered, refused = Pace(BY_QUOTA), 4.0, 0.0, 0, 0
    for step in range(6000):
        now, weight = step / A_SECOND, 1000.0
        bucket = min(bucket + supply / A_SECOND, 60.0 * supply)
        if not pace.lets(weight, now):
            pace.kept_waiting(now)
        elif bucket >= 1.0:
            bucket, answered = bucket - 1.0, answered + 1
        else:
            refused += 1
            pace.refused(weight, now)
    assert answered >= 0.95 * supply * 600
    assert refused <= answered / 12


def test_it_is_given_up_when_nobody_has_waited_for_a_minute():
    """A quota that is wide again costs nothing."""
    pace = Pace(PLAIN)
    passed(pace, 0.0, 10.0)
    refused_at(pace, 10.0)
    assert pace.lets(1.0, 10.0 + FORGOTTEN)
    assert pace.rate is not None
    assert pace.lets(1.0, 10.1 + FORGOTTEN)
    assert pace.rate is None


def test_a_clock_that_goes_back_does_no_harm():
    """Time that did not pass adds nothing and takes nothing."""
    pace = Pace(PLAIN)
    refused_at(pace, 100.0)
    rate = pace.rate
    pace.lets(1.0, 50.0)
    assert pace.rate == rate
