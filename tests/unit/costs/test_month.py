"""Months and days are those of UTC, as AWS bills them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stargate.domain.costs.actuals.month import DAY, Month, day_of, intervals, midnight

MOMENTS = st.floats(1_500_000_000, 2_500_000_000)


@given(MOMENTS)
def test_every_moment_is_in_its_month_and_day(moment):
    """Beginnings belong to what begins, ends to what comes next."""
    month = Month.at(moment)
    assert month.begins <= moment < month.ends
    assert month.after.begins == month.ends
    assert month.before.ends == month.begins
    assert midnight(day_of(moment)) <= moment < midnight(day_of(moment)) + DAY


@pytest.mark.parametrize(
    ("text", "days", "hours"), [("2026-02", 28, 672), ("2028-02", 29, 696), ("2026-12", 31, 744)]
)
def test_a_month_has_its_own_length(text, days, hours):
    """Leap years among them; a change of the clocks anywhere is none of UTC's."""
    month = Month.read(text)
    assert (str(month), month.length, month.hours) == (text, days, Decimal(hours))
    assert month.days[0] == date(month.year, month.number, 1)
    assert len(month.days) == days


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "november", "2026-11-01", "1999-01", "2026-11\n", ""])
def test_what_is_no_month_is_refused(text):
    """Only YYYY-MM of this century."""
    with pytest.raises(ValueError, match="is no month"):
        Month.read(text)


@given(MOMENTS, st.floats(0, 5 * DAY))
def test_time_is_cut_at_midnights_and_nothing_of_it_is_lost(since, length):
    """Each piece lies within one day, and the pieces follow one another."""
    pieces = intervals(since, since + length)
    assert all(piece.day == day_of(piece.since) for piece in pieces)
    assert all(piece.until <= midnight(piece.day) + DAY for piece in pieces)
    assert [piece.until for piece in pieces[:-1]] == [piece.since for piece in pieces[1:]]
    if pieces:
        assert (pieces[0].since, pieces[-1].until) == (since, since + length)
