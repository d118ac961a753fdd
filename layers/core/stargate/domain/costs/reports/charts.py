"""The charts of a report, drawn as SVG: what each day cost, and how the month adds up to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.month import DAY, midnight
from stargate.domain.costs.actuals.parts import GROUPS
from stargate.domain.moments import understood
from stargate.domain.pages import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Document = Mapping[str, Any]

WIDTH, HEIGHT = 1080.0, 270.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 12.0, 14.0, 26.0
COLORS = dict(
    zip(
        GROUPS,
        ("#0969da", "#8250df", "#1a7f37", "#57ab5a", "#9a6700", "#6e7781", "#cf222e", "#afb8c1", "#24292f"),
        strict=True,
    )
)
MOST_TICKS = 5
STYLE = """
.late{opacity:.55}.band{fill:#0969da;opacity:.14}.spent{fill:none;stroke:#0969da;stroke-width:2.5}
.hoped{fill:none;stroke:#0969da;stroke-width:1.5;stroke-dasharray:5 4}
.limit{stroke:var(--bad);stroke-dasharray:7 4}.planned{stroke:var(--amber);stroke-dasharray:3 3}
.left{font-size:11px;fill:var(--dim);text-anchor:end}.words{font-size:11px;fill:var(--dim)}
"""


@dataclass(frozen=True)
class Frame:
    """Days from the left to the right, dollars from the bottom to the top."""

    days: Sequence[str]
    most: float

    @property
    def step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / len(self.days)

    def x(self, day: str) -> float:
        """Where the day begins."""
        return LEFT + self.days.index(day) * self.step

    def y(self, usd: float) -> float:
        return HEIGHT - BOTTOM - usd / self.most * (HEIGHT - TOP - BOTTOM)

    def svg(self, parts: Iterable[str], words: str) -> str:
        inner = "".join((*self._grid(), *parts))
        box = f"viewBox='0 0 {WIDTH:.0f} {HEIGHT:.0f}'"
        return f"<svg {box} role='img' aria-label='{shown(words)}'>{inner}</svg>"

    def _grid(self) -> Iterator[str]:
        tick = _round(self.most / MOST_TICKS)
        usd = 0.0
        while usd <= self.most:
            y = self.y(usd)
            yield f"<line class='grid' x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}'/>"
            yield f"<text class='left' x='{LEFT - 6}' y='{y + 4:.1f}'>${usd:,.{_places(tick)}f}</text>"
            usd += tick
        every = 1 if len(self.days) <= 16 else 2
        for day in self.days[::every]:
            middle = self.x(day) + self.step / 2
            yield f"<text class='tick' x='{middle:.1f}' y='{HEIGHT - 8}'>{int(day[8:])}</text>"


def by_day(days: Sequence[Document], month: Sequence[str], estimate: float) -> str:
    """A bar for each day, its parts one upon the other; `estimate` is what is declared, of a day."""
    most = max([float(day["usd"]) for day in days] + [estimate, 0.01])
    frame = Frame(month, most * 1.08)
    bars = [part for day in days for part in _bar(frame, day)]
    y = frame.y(estimate)
    line = f"<line class='planned' x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}'/>"
    return frame.svg([*bars, line], "dollars by day")


def _bar(frame: Frame, day: Document) -> Iterator[str]:
    """Credits and corrections below zero are told in the tables; a bar has what was spent."""
    x, width, below = frame.x(day["day"]) + 2, frame.step - 4, 0.0
    late = "" if day["state"] == "billed" else " class='late'"
    for group, usd in day["groups"].items():
        upto = below + max(0.0, float(usd))
        top, height = frame.y(upto), frame.y(below) - frame.y(upto)
        told = shown(f"{day['day']} {group}: ${usd:,.2f}, {day['state']}")
        yield (
            f"<rect{late} x='{x:.1f}' y='{top:.1f}' width='{width:.1f}' height='{height:.1f}'"
            f" fill='{COLORS[group]}'><title>{told}</title></rect>"
        )
        below = upto


def to_the_end(statement: Document, month: Sequence[str]) -> str:
    """What was spent up to each day, what is expected up to each that is left, and the range of it."""
    sums = _summed(statement["days"])
    now = understood(statement["as_of"])
    ahead, budget = statement["forecast"]["by_day"], statement["number"]["budget"]
    highest = [usd for _, usd in sums] + [float(one["high"]) for one in ahead] + [float(budget or 0), 0.01]
    frame = Frame(month, max(highest) * 1.06)
    spent = [(frame.x(day) + frame.step * _gone(day, now), frame.y(usd)) for day, usd in sums]
    begins = [(frame.x(sums[0][0]), frame.y(0.0))] if sums else []
    parts = [_polyline("spent", [*begins, *spent])]
    if ahead:
        parts += _expected(frame, ahead, (spent or begins)[-1:])
    if budget is not None:
        y = frame.y(float(budget))
        parts.append(f"<line class='limit' x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}'/>")
        parts.append(f"<text class='words' x='{LEFT + 6}' y='{y - 5:.1f}'>budget ${budget:,.2f}</text>")
    return frame.svg(parts, "dollars up to each day of the month")


def _expected(frame: Frame, ahead: Sequence[Document], begin: list[tuple[float, float]]) -> list[str]:
    def line(name: str) -> list[tuple[float, float]]:
        return begin + [(frame.x(one["day"]) + frame.step, frame.y(float(one[name]))) for one in ahead]

    around = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*line("high"), *reversed(line("low"))])
    return [f"<polygon class='band' points='{around}'/>", _polyline("hoped", line("expected"))]


def _gone(day: str, now: float) -> float:
    """How much of the day is over."""
    return min(1.0, max(0.0, (now - midnight(date.fromisoformat(day))) / DAY))


def _summed(days: Sequence[Document]) -> list[tuple[str, float]]:
    found, upto = [], 0.0
    for day in days:
        upto += float(day["usd"])
        found.append((day["day"], upto))
    return found


def _polyline(kind: str, points: Sequence[tuple[float, float]]) -> str:
    return f"<polyline class='{kind}' points='{' '.join(f'{x:.1f},{y:.1f}' for x, y in points)}'/>"


def _round(amount: float) -> float:
    """The next of 1, 2, 5, 10, 20, … and of their parts."""
    scale = 0.01
    while True:
        for digit in (1, 2, 5):
            if digit * scale >= amount:
                return digit * scale
        scale *= 10


def _places(tick: float) -> int:
    return 0 if tick >= 1 else 2
