"""Moments and durations as they are read. Inside, time is seconds since 1970.

A moment is RFC 3339 in UTC, for people and programs; a duration in words is for people alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60, 3600, 86400


def told(seconds: float) -> str:
    """`1795480214.493` is `2026-11-24T00:30:14.493Z`."""
    moment = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return moment.removesuffix("+00:00") + "Z"


def understood(text: str) -> float:
    """Seconds since 1970; ValueError for anything but a full RFC 3339 moment with its offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} does not say which offset it is in")
    return moment.timestamp()


def spoken(seconds: float | None) -> str:
    """`45 s`, `12 min 5 s`, `3 h 20 min`, `2 d 4 h`; a dash for what is not known."""
    if seconds is None:
        return "-"
    whole = round(seconds)
    for unit, name, smaller, smaller_name in (
        (DAY, "d", HOUR, "h"),
        (HOUR, "h", MINUTE, "min"),
        (MINUTE, "min", 1, "s"),
    ):
        if whole >= unit:
            rest = whole % unit // smaller
            return f"{whole // unit} {name} {rest} {smaller_name}" if rest else f"{whole // unit} {name}"
    return f"{whole} s"
