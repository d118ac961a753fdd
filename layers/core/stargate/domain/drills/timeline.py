"""A drill drawn second by second: a row for each component, a stroke for each question, a line per event."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.objectives import COMPONENTS, DATABASE, INGESTION, LIVELINESS
from stargate.domain.moments import understood

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Probe = Mapping[str, Any]

LEFT, WIDTH, RIGHT = 132, 928, 20
TOP, ROW, BAR = 46, 34, 20
ROWS = (*COMPONENTS, INGESTION, LIVELINESS)
TICKS = (5, 10, 15, 30, 60, 120, 300)
MOST_TICKS = 16
MOMENTS = {
    "begun_at": "announced, alarms and loop muted",
    "steady_at": "steady",
    "injected_at": "broken",
    "rescued_at": "litellm deployed anew",
    "recovered_at": "all well again",
    "whole_at": "all tasks run again",
    "put_back_at": "put back, alarms and loop as before",
}


@dataclass(frozen=True)
class Mark:
    """Something that happened: `kind` is ours, rds or alarm, and decides how it is drawn."""

    at: float
    kind: str
    words: str


@dataclass(frozen=True)
class Scale:
    first: float
    last: float
    zero: float  # the moment of the failure

    def x(self, at: float) -> float:
        share = (min(max(at, self.first), self.last) - self.first) / max(1.0, self.last - self.first)
        return LEFT + WIDTH * share

    @property
    def per_second(self) -> float:
        return WIDTH / max(1.0, self.last - self.first)

    def offset(self, at: float) -> str:
        """Relative to the failure: T+12.3 s."""
        return f"T{at - self.zero:+.1f} s"


def marks_of(drill: Mapping[str, Any]) -> list[Mark]:
    """What happened, in the order of time."""
    result = drill["result"] or {}
    tasks = set(drill["broken"]) - {DATABASE}
    told = {name: words for name, words in MOMENTS.items() if drill[name] and (tasks or name != "whole_at")}
    ours = [Mark(understood(drill[name]), "ours", words) for name, words in told.items()]
    rds = [Mark(understood(one["at"]), "rds", f"RDS: {one['message']}") for one in result.get("events", ())]
    statuses = [
        Mark(understood(one["at"]), "rds", f"RDS: the database is {one['status']}")
        for one in drill["database_statuses"]
    ]
    alarms = [
        Mark(understood(one["at"]), "alarm", f"alarm {one['alarm']} rings")
        for one in result.get("alarms", {}).get("rang", ())
    ]
    return sorted((*ours, *rds, *statuses, *alarms), key=lambda mark: mark.at)


def scale_of(drill: Mapping[str, Any], probes: Sequence[Probe]) -> Scale:
    moments = [understood(one["at"]) for one in probes]
    zero = understood(drill["injected_at"]) if drill["injected_at"] else min(moments)
    return Scale(min(moments), max(moments) + 1.0, zero)


def drawn(drill: Mapping[str, Any], probes: Sequence[Probe], marks: Sequence[Mark]) -> str:
    """SVG without script and without anything from elsewhere."""
    scale = scale_of(drill, probes)
    rows = [name for name in ROWS if any(one["component"] == name for one in probes)]
    height = TOP + len(rows) * ROW + 30
    parts = [
        *_axis(scale, len(rows)),
        *_objective(drill, scale, len(rows)),
        *(part for number, name in enumerate(rows) for part in _row(name, number, probes, scale)),
        *_marks(marks, scale, len(rows)),
    ]
    box = f"0 0 {LEFT + WIDTH + RIGHT} {height}"
    title = "Each component's answers, second by second"
    return f"<svg viewBox='{box}' role='img' aria-label='{title}'>{''.join(parts)}</svg>"


def _axis(scale: Scale, rows: int) -> Iterator[str]:
    span = scale.last - scale.first
    step = next((tick for tick in TICKS if span / tick <= MOST_TICKS), 600)
    bottom = TOP + rows * ROW
    number = -int((scale.zero - scale.first) // step)
    while scale.zero + number * step <= scale.last:
        x = scale.x(scale.zero + number * step)
        yield f"<line class='grid' x1='{x:.1f}' x2='{x:.1f}' y1='{TOP}' y2='{bottom}'/>"
        yield f"<text class='tick' x='{x:.1f}' y='{bottom + 16}'>{number * step:+d} s</text>"
        number += 1


def _objective(drill: Mapping[str, Any], scale: Scale, rows: int) -> Iterator[str]:
    """From the failure until what was broken had to be well again."""
    components = (drill["result"] or {}).get("components", ())
    asked = [one["objective_seconds"] for one in components if one["component"] in drill["broken"]]
    if not asked or not drill["injected_at"]:
        return
    left, right = scale.x(scale.zero), scale.x(scale.zero + max(asked))
    size = f"x='{left:.1f}' y='{TOP}' width='{right - left:.1f}' height='{rows * ROW}'"
    yield f"<rect class='objective' {size}><title>objective: {max(asked):.0f} s</title></rect>"


def _row(name: str, number: int, probes: Sequence[Probe], scale: Scale) -> Iterator[str]:
    """Strokes as one path for good answers and one for failed ones; what they are is told by run."""
    asked = sorted((one for one in probes if one["component"] == name), key=lambda one: str(one["at"]))
    y = TOP + number * ROW + (ROW - BAR) // 2
    yield f"<text class='name' x='{LEFT - 10}' y='{y + 15}'>{escape(name)}</text>"
    wide = max(0.8, scale.per_second * 0.82)
    for good, colour in ((True, "good"), (False, "bad")):
        strokes = "".join(
            f"M{scale.x(understood(one['at'])):.1f} {y}h{wide:.1f}v{BAR}h-{wide:.1f}z"
            for one in asked
            if one["ok"] is good
        )
        if strokes:
            yield f"<path class='{colour}' d='{strokes}'/>"
    yield from _runs(asked, y, scale)


def _runs(asked: Sequence[Probe], y: int, scale: Scale) -> Iterator[str]:
    for reason, run in groupby(asked, key=lambda one: "" if one["ok"] else one["reason"] or "failed"):
        several = list(run)
        first, last = understood(several[0]["at"]), understood(several[-1]["at"])
        left, right = scale.x(first), scale.x(last + 1.0)
        said = f"times {reason}" if reason else "good answers"
        words = f"{len(several)} {said}, from {scale.offset(first)}"
        size = f"x='{left:.1f}' y='{y}' width='{right - left:.1f}' height='{BAR}'"
        yield f"<rect class='run' {size}><title>{escape(words, quote=True)}</title></rect>"


def _marks(marks: Sequence[Mark], scale: Scale, rows: int) -> Iterator[str]:
    """Numbered as in the list below the drawing; numbers that would lie upon one another climb."""
    bottom, taken = TOP + rows * ROW, -100.0
    level = 0
    for number, mark in enumerate(marks, 1):
        x = scale.x(mark.at)
        level = level + 1 if x - taken < 20 else 0
        taken = x
        y = TOP - 8 - 15 * (level % 3)
        words = escape(f"{scale.offset(mark.at)} {mark.words}", quote=True)
        yield f"<g class='mark {mark.kind}'><title>{words}</title>"
        yield f"<line x1='{x:.1f}' x2='{x:.1f}' y1='{y}' y2='{bottom}'/>"
        yield f"<circle cx='{x:.1f}' cy='{y}' r='7.5'/><text x='{x:.1f}' y='{y + 3.6}'>{number}</text></g>"
