"""What the platform itself reports of a failover, to be shown beside what its users felt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Sequence

STARTED = "failover started"  # RDS-EVENT-0013
COMPLETED = "failover completed"  # RDS-EVENT-0049


@dataclass(frozen=True)
class PlatformEvent:
    at: float
    message: str

    def document(self) -> dict[str, Any]:
        return {"at": told(self.at), "message": self.message}


@dataclass(frozen=True)
class Reported:
    """When RDS says that it began and completed to fail over; None for what it did not tell."""

    began_at: float | None
    ended_at: float | None
    zone_before: str = ""
    zone_after: str = ""

    @property
    def seconds(self) -> float | None:
        if self.began_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.began_at

    @property
    def swapped(self) -> bool:
        return bool(self.zone_before and self.zone_after) and self.zone_before != self.zone_after

    def document(self) -> dict[str, Any]:
        return {
            "began_at": None if self.began_at is None else told(self.began_at),
            "ended_at": None if self.ended_at is None else told(self.ended_at),
            "seconds": None if self.seconds is None else round(self.seconds, 3),
            "zone_before": self.zone_before,
            "zone_after": self.zone_after,
            "zone_swapped": self.swapped,
        }


def reported_by(events: Sequence[PlatformEvent], zone_before: str = "", zone_after: str = "") -> Reported:
    """The first beginning and the first completion after it; DescribeEvents tells messages and no ids."""
    ordered = sorted(events, key=lambda event: event.at)
    began = next((event.at for event in ordered if STARTED in event.message.lower()), None)
    ended = next(
        (
            event.at
            for event in ordered
            if COMPLETED in event.message.lower() and (began is None or event.at >= began)
        ),
        None,
    )
    return Reported(began, ended, zone_before, zone_after)


def difference(reported: Reported, began_at: float, ended_at: float) -> str:
    """Why users felt another time than RDS reports, in words with the numbers of both edges."""
    if reported.began_at is None or reported.ended_at is None or reported.seconds is None:
        return "RDS reported no completed failover, so there is nothing to compare with"
    felt, before, after = ended_at - began_at, reported.began_at - began_at, ended_at - reported.ended_at
    return (
        f"users felt {felt:.1f} s, RDS reports {reported.seconds:.1f} s: the first request failed "
        f"{_apart(-before)} RDS's start, and the last component was well {_apart(after)} RDS's completion: "
        "in between addresses are looked up again and connections made anew"
    )


def _apart(seconds: float) -> str:
    return f"{abs(seconds):.1f} s {'after' if seconds >= 0 else 'before'}"
