"""Hours of some days of the week, by the wall clock of a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stargate.domain.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = "24:00"


@dataclass(frozen=True)
class Hours:
    """`begins` and `ends` are HH:MM of the wall clock there, on each of `days`."""

    days: tuple[str, ...]
    begins: str
    ends: str
    time_zone: str

    def document(self) -> dict[str, Any]:
        return {
            "days": list(self.days),
            "from": self.begins,
            "until": self.ends,
            "time_zone": self.time_zone,
        }

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> Hours:
        return Hours(tuple(document["days"]), document["from"], document["until"], document["time_zone"])

    def cover(self, now: float) -> bool:
        """By the wall clock, so that a day with a change of the clocks needs no rule of its own."""
        there = datetime.fromtimestamp(now, ZoneInfo(self.time_zone))
        return DAYS[there.weekday()] in self.days and self.begins <= there.strftime("%H:%M") < self.ends

    def next_opening(self, now: float) -> float:
        """When they begin next, after now."""
        zone = ZoneInfo(self.time_zone)
        today = datetime.fromtimestamp(now, zone).date()
        begins = time.fromisoformat(self.begins)
        days = (today + timedelta(days=ahead) for ahead in range(len(DAYS) + 1))
        openings = (
            datetime.combine(day, begins, zone).timestamp()
            for day in days
            if DAYS[day.weekday()] in self.days
        )
        return next(opening for opening in openings if opening > now)

    def told(self) -> str:
        return f"{', '.join(self.days)} {self.begins}-{self.ends} {self.time_zone}"


def hours_faults(path: str, document: Mapping[str, Any]) -> Iterator[Fault]:
    """What a schema cannot say."""
    if document["until"] <= document["from"]:
        words = f"{document['until']} is not after {document['from']}: such a day never begins"
        yield Fault(f"{path}/until", words, f"a later time of the same day, at most {MIDNIGHT}")
    if not _is_zone(document["time_zone"]):
        yield Fault(
            f"{path}/time_zone",
            f"{document['time_zone']!r} is not known",
            "a name of the IANA time zone database, for example Europe/Berlin",
        )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, no name at all, a folder of the database
        return False
    return True
