"""From single questions to outages: first failed request to the first of so many good ones in a row.

The edges are those that a user could notice. An outage begins when the first request that failed was sent,
and ends when the first good answer arrived: one that hung through the outage and was then answered was sent
long before its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stargate.domain.drills.probes import Probe

GOOD_IN_A_ROW = 10


@dataclass(frozen=True)
class Outage:
    """`ended_at` is None while it lasts.

    `at_least` and `at_most` bound what lies between the questions: from the first to the last that failed,
    and from the last good answer before to the first good one after.
    """

    component: str
    began_at: float
    ended_at: float | None
    failed: int
    at_least: float
    at_most: float | None
    reasons: Mapping[str, int]

    @property
    def seconds(self) -> float | None:
        return None if self.ended_at is None else self.ended_at - self.began_at

    def document(self) -> dict[str, Any]:
        return {
            "component": self.component,
            "began_at": told(self.began_at),
            "ended_at": None if self.ended_at is None else told(self.ended_at),
            "seconds": _rounded(self.seconds),
            "at_least": _rounded(self.at_least),
            "at_most": _rounded(self.at_most),
            "requests_failed": self.failed,
            "reasons": dict(self.reasons),
        }


def outages_of(probes: Iterable[Probe], good_in_a_row: int = GOOD_IN_A_ROW) -> dict[str, tuple[Outage, ...]]:
    """Of each component that was asked, in the order of time."""
    ordered = sorted(probes, key=lambda probe: (probe.component, probe.at))
    return {
        component: tuple(_outages(component, list(asked), good_in_a_row))
        for component, asked in groupby(ordered, key=lambda probe: probe.component)
    }


def is_well(probes: Sequence[Probe], good_in_a_row: int = GOOD_IN_A_ROW) -> bool:
    """Whether the newest answers of one component, in the order of time, are good ones in a row."""
    newest = probes[-good_in_a_row:]
    return len(newest) == good_in_a_row and all(probe.ok for probe in newest)


def _outages(component: str, probes: Sequence[Probe], good_in_a_row: int) -> Iterable[Outage]:
    first = next((place for place, probe in enumerate(probes) if not probe.ok), None)
    while first is not None:
        end = _end(probes, first, good_in_a_row)
        yield _outage(component, probes, first, end)
        rest = len(probes) if end is None else end + good_in_a_row
        first = next((place for place in range(rest, len(probes)) if not probes[place].ok), None)


def _end(probes: Sequence[Probe], first: int, good_in_a_row: int) -> int | None:
    """Where the first run of so many good ones after `first` begins."""
    run = 0
    for place in range(first + 1, len(probes)):
        run = run + 1 if probes[place].ok else 0
        if run == good_in_a_row:
            return place - good_in_a_row + 1
    return None


def _outage(component: str, probes: Sequence[Probe], first: int, end: int | None) -> Outage:
    failed = [probe for probe in probes[first : len(probes) if end is None else end] if not probe.ok]
    before = probes[first - 1].ended_at if first else probes[first].at
    ended_at = None if end is None else probes[end].ended_at
    reasons: dict[str, int] = {}
    for probe in failed:
        reasons[probe.reason] = reasons.get(probe.reason, 0) + 1
    return Outage(
        component,
        probes[first].at,
        ended_at,
        len(failed),
        failed[-1].at - probes[first].at,
        None if ended_at is None else ended_at - min(before, probes[first].at),
        reasons,
    )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
