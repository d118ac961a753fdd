"""A moment as people and programs both read it: RFC 3339 in UTC. Inside, time is seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime


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
