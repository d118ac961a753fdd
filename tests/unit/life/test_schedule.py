"""When an environment is awake by its schedule."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stargate.domain.life.changes import faults_of_change
from stargate.domain.life.schedule import Schedule, schedule_faults

WEEK = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Schedule(WEEK, "08:00", "19:00", "Europe/Berlin", ("2026-12-25",))


def at(text, zone="Europe/Berlin"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("moment", "awake"),
    [
        ("2026-11-24T07:59:59", False),
        ("2026-11-24T08:00:00", True),
        ("2026-11-24T18:59:59", True),
        ("2026-11-24T19:00:00", False),
        ("2026-11-28T12:00:00", False),  # a Saturday
        ("2026-12-25T12:00:00", False),  # a Friday, and a holiday
    ],
)
def test_it_is_awake_in_working_hours_and_at_no_other_time(moment, awake):
    """By the wall clock of its own time zone, to the second."""
    assert OFFICE.awake_at(at(moment)) is awake


@pytest.mark.parametrize("day", ["2026-03-30", "2026-10-26"])
def test_the_hours_stay_the_same_when_the_clocks_change(day):
    """The Monday after either change begins at eight as people there have it."""
    assert not OFFICE.awake_at(at(f"{day}T07:59:00"))
    assert OFFICE.awake_at(at(f"{day}T08:01:00"))


def test_a_day_may_last_until_midnight():
    """24:00 is the end of the day, which no clock shows."""
    late = Schedule(WEEK, "08:00", "24:00", "UTC")
    assert late.awake_at(at("2026-11-24T23:59:59", "UTC"))
    assert not late.awake_at(at("2026-11-25T00:00:00", "UTC"))


def test_what_sleeps_is_told_as_a_share_of_the_week():
    """Five days of eleven hours leave 113 of 168."""
    assert OFFICE.asleep_share == pytest.approx(113 / 168)


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"until": "08:00"}, ["/schedule/until"]),
        ({"until": "07:00"}, ["/schedule/until"]),
        ({"time_zone": "Europe/Atlantis"}, ["/schedule/time_zone"]),
        ({"time_zone": "../etc/passwd"}, ["/schedule/time_zone"]),
        ({"time_zone": ""}, ["/schedule/time_zone"]),
        (
            {"holidays": ["2026-12-25", "2026-02-30", "Xmas"]},
            ["/schedule/holidays/1", "/schedule/holidays/2"],
        ),
        ({}, []),
    ],
)
def test_a_schedule_that_cannot_be_meant_is_refused(changes, paths):
    """Days that never begin, places nobody knows, dates that never come."""
    document = {**OFFICE.document(), **changes}
    assert [fault.path for fault in schedule_faults(document)] == paths


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        (
            {"schedule": {**OFFICE.document(), "holidays": ["2026-12-25"] * 367}},
            "a list without repetitions, not empty, at most 366 long",
        ),
        ({"drills": {"availability": 89.5}}, "a number from 90 to 99.99"),
    ],
)
def test_what_is_too_much_is_refused_with_what_is_allowed(change, allowed):
    """A row of the table holds no endless list, and a share is no whole number."""
    assert [fault.allowed for fault in faults_of_change(change)] == [allowed]
