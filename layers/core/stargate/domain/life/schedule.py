"""When an environment is awake: working hours on some days of the week, but for holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stargate.domain.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = "24:00"
HOURS_OF_A_WEEK = 7 * 24


@dataclass(frozen=True)
class Schedule:
    """`begins` and `ends` are HH:MM of the wall clock there; on `holidays` (YYYY-MM-DD) it sleeps on."""

    days: tuple[str, ...]
    begins: str
    ends: str
    time_zone: str
    holidays: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        return {
            "days": list(self.days),
            "from": self.begins,
            "until": self.ends,
            "time_zone": self.time_zone,
            "holidays": list(self.holidays),
        }

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> Schedule:
        return Schedule(
            tuple(document["days"]),
            document["from"],
            document["until"],
            document["time_zone"],
            tuple(document.get("holidays", ())),
        )

    def awake_at(self, now: float) -> bool:
        """By the wall clock, so that a day with a change of the clocks needs no rule of its own."""
        there = datetime.fromtimestamp(now, ZoneInfo(self.time_zone))
        if DAYS[there.weekday()] not in self.days or there.date().isoformat() in self.holidays:
            return False
        return self.begins <= there.strftime("%H:%M") < self.ends

    @property
    def asleep_share(self) -> float:
        """Of a week without holidays: what a schedule saves is this share of what sleeps."""
        awake = len(self.days) * (_hours(self.ends) - _hours(self.begins))
        return 1 - awake / HOURS_OF_A_WEEK


def schedule_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """What a schema cannot say."""
    if document["until"] <= document["from"]:
        words = f"{document['until']} is not after {document['from']}: such a day never begins"
        yield Fault("/schedule/until", words, f"a later time of the same day, at most {MIDNIGHT}")
    if not _is_zone(document["time_zone"]):
        yield Fault(
            "/schedule/time_zone",
            f"{document['time_zone']!r} is not known",
            "a name of the IANA time zone database, for example Europe/Berlin",
        )
    for number, holiday in enumerate(document.get("holidays", ())):
        if not _is_date(holiday):
            yield Fault(f"/schedule/holidays/{number}", f"{holiday!r} is no date", "YYYY-MM-DD")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, no name at all, a folder of the database
        return False
    return True


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _hours(clock: str) -> float:
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60
