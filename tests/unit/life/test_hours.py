"""Hours of some days, by the wall clock of a place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stargate.domain.life.hours import DAYS, Hours, hours_faults
from stargate.domain.moments import told

NIGHT = Hours(("tue", "thu"), "02:00", "04:00", "Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 1, 30, tzinfo=UTC).timestamp()  # half past two in Berlin


@pytest.mark.parametrize(
    ("after", "covered", "opens"),
    [
        (0, True, "2026-11-26T01:00:00.000Z"),
        (-3600, False, "2026-11-24T01:00:00.000Z"),
        (5400, False, "2026-11-26T01:00:00.000Z"),
        (5 * 86400, False, "2026-12-01T01:00:00.000Z"),
    ],
)
def test_they_cover_a_moment_or_say_when_they_begin_next(after, covered, opens):
    """Half open: the last minute belongs to them, the end does not."""
    assert NIGHT.cover(TUESDAY + after) is covered
    assert told(NIGHT.next_opening(TUESDAY + after)) == opens


@given(
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.integers(0, 22),
    st.floats(1.7e9, 2.0e9),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_the_next_opening_is_ahead_covered_and_nothing_before_it_is(days, hour, now, zone):
    """Also over a change of the clocks."""
    hours = Hours(tuple(days), f"{hour:02}:30", f"{hour + 1:02}:30", zone)
    opening = hours.next_opening(now)
    assert now < opening <= now + 8 * 86400
    if not hours.cover(now):
        halves = range(0, int((opening - now) // 60), 30)
        assert not any(hours.cover(now + minutes * 60) for minutes in halves)


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({}, []),
        ({"until": "02:00"}, ["/maintenance/until"]),
        ({"until": "01:00", "time_zone": "Moon/Crater"}, ["/maintenance/until", "/maintenance/time_zone"]),
    ],
)
def test_hours_that_cannot_be_meant_are_refused(changes, paths):
    """Every fault, under the field's own path."""
    faults = hours_faults("/maintenance", {**NIGHT.document(), **changes})
    assert [fault.path for fault in faults] == paths


def test_hours_are_written_and_read_alike():
    """As a request has them, a row and an answer."""
    assert Hours.from_document(NIGHT.document()) == NIGHT
