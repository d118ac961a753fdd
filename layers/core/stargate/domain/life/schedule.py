"""When an environment is awake: working hours on some days of the week, but for holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from stargate.domain.faults import Fault
from stargate.domain.life.hours import Hours, hours_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOURS_OF_A_WEEK = 7 * 24


@dataclass(frozen=True)
class Schedule(Hours):
    """On `holidays` (YYYY-MM-DD) it sleeps on."""

    holidays: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        return {**super().document(), "holidays": list(self.holidays)}

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
        today = datetime.fromtimestamp(now, ZoneInfo(self.time_zone)).date()
        return today.isoformat() not in self.holidays and self.cover(now)

    @property
    def asleep_share(self) -> float:
        """Of a week without holidays: what a schedule saves is this share of what sleeps."""
        awake = len(self.days) * (_hours(self.ends) - _hours(self.begins))
        return 1 - awake / HOURS_OF_A_WEEK


def schedule_faults(document: Mapping[str, Any], path: str = "/schedule") -> Iterator[Fault]:
    """What a schema cannot say."""
    yield from hours_faults(path, document)
    for number, holiday in enumerate(document.get("holidays", ())):
        if not _is_date(holiday):
            yield Fault(f"{path}/holidays/{number}", f"{holiday!r} is no date", "YYYY-MM-DD")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _hours(clock: str) -> float:
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60
