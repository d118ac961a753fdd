"""The outer loop: what the last readings say about demand and quota, and the bounds that follow. Pure.

    wanted  = the highest demand of the last minutes, at most what the quota can use, within the limits
    bounds  = (wanted, wanted) while the readings can be trusted

Demand is seen twice: by the requests in flight, which tell of a sudden rise within seconds and of what waits,
and by the requests that came in. The first decides now; of the second the peak is remembered, because what is
asked for once is asked for again soon, and a task that is stopped too early costs more than one that stands
for some minutes more. Both bounds are moved, as target tracking at 70 % of CPU would add tasks that nobody
waits for; that is also why they are only pinned for as long as the readings are good. Without good readings
the lower bound stays where it was and the upper one opens to the last ceiling: the inner loop is the net.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from stargate.domain.scaling.service_model import (
    TASK,
    RequestFigures,
    TaskFigures,
    used_tasks,
    whole_tasks,
    work,
)


@dataclass(frozen=True)
class Bounds:
    minimum: int
    maximum: int

    def clamp(self, tasks: int) -> int:
        return min(max(tasks, self.minimum), self.maximum)


@dataclass(frozen=True)
class Settings:
    """How the loop weighs what it sees; seconds. bench/scaling and docs/scaling.md judge these."""

    busy_share: float = 0.75  # of CPU, at the peak that is remembered
    steady_busy_share: float = 0.88  # the same, where the peaks of all remembered minutes are alike
    steady_within: float = 1.2  # the highest of them, times the lowest
    crowded_share: float = 0.90  # of CPU, for what is in flight at this moment
    remembered: float = 900.0
    averaged: float = 20.0  # what came in is a mean over so long before its peak is remembered
    scarce_busy_share: float = 0.90  # of CPU, of the tasks that the quota can use
    scarce_for: float = 180.0  # the quota binds for so long after something was refused
    late_after: float = 90.0  # the newest reading may be as old as this
    ahead_by: float = 30.0  # a reading from the future: the clocks disagree
    jump: float = 20.0  # times the last demand, and more than the limits serve: not believed at first sight


RECENT_MINUTES = 5
SETTINGS = Settings()


@dataclass(frozen=True)
class Reading:
    """Of all tasks, in the seconds before `at`: the mean in flight, and what came in a second.

    None is what could not be measured. What was refused for want of quota is part of what came in.
    """

    at: float
    in_flight: float | None
    asked_per_second: float | None
    refused_per_second: float = 0.0


@dataclass(frozen=True)
class Situation:
    """`seconds_in_flight` of a usual request while nothing waits; `quota_per_second` None: nobody tells."""

    now: float
    limits: Bounds
    bounds: Bounds
    request: RequestFigures
    seconds_in_flight: float
    quota_per_second: float | None = None
    task: TaskFigures = TASK


@dataclass(frozen=True)
class Peak:
    """The highest demand of a minute, in tasks wholly busy."""

    minute: int
    demand: float


@dataclass(frozen=True)
class Memory:
    """What the loop keeps from one look to the next; `doubted`: the last reading was not believed."""

    peaks: tuple[Peak, ...] = ()
    recent: tuple[tuple[float, float], ...] = ()  # moments, and tasks wholly busy with what came in
    ceiling: int | None = None
    refused_at: float | None = None
    doubted: bool = False


@dataclass(frozen=True)
class Decision:
    """`held`: the readings could not be trusted. `at_quota`: the quota, not the demand, decided."""

    bounds: Bounds
    reason: str
    memory: Memory
    held: bool = False
    at_quota: bool = False


def decide(
    reading: Reading | None, now: Situation, memory: Memory, settings: Settings = SETTINGS
) -> Decision:
    """The bounds from now on, within the limits, whatever the reading is worth."""
    mistrust = _mistrust(reading, now, memory, settings)
    if reading is None or mistrust:
        return _held(mistrust or "metrics are missing", now, memory)
    asked = _asked(reading, now)
    memory = _with_ceiling(_remembered(memory, asked, now.now, settings), reading, now, settings)
    crowd = whole_tasks(_crowd(reading, now), settings.crowded_share)
    peak = max(peak.demand for peak in memory.peaks)
    demanded = max(crowd, whole_tasks(peak, _busy_share(memory, settings)))
    wanted = now.limits.clamp(demanded)
    at_quota = memory.ceiling is not None and memory.ceiling < wanted
    if at_quota and memory.ceiling is not None:
        wanted = now.limits.clamp(memory.ceiling)
    return Decision(
        Bounds(wanted, wanted),
        _reason(reading, peak, demanded, wanted, memory, at_quota=at_quota),
        replace(memory, doubted=False),
        at_quota=at_quota,
    )


def _asked(reading: Reading, now: Situation) -> float:
    """Demand by what came in, in tasks wholly busy."""
    asked = reading.asked_per_second or 0.0
    return used_tasks(asked, asked, now.request, now.task)


def _crowd(reading: Reading, now: Situation) -> float:
    """Demand by what is in flight, in tasks wholly busy: as many a second as leave when nothing waits."""
    leaving = (reading.in_flight or 0.0) / now.seconds_in_flight
    return leaving * work(now.request, now.task) / now.task.capacity


def _remembered(memory: Memory, demand: float, at: float, settings: Settings) -> Memory:
    recent = (*(one for one in memory.recent if at - settings.averaged < one[0] < at), (at, demand))
    mean = sum(one for _, one in recent) / len(recent)
    minute, oldest = int(at // 60), int((at - settings.remembered) // 60)
    before = [peak for peak in memory.peaks if oldest < peak.minute <= minute]
    if before and before[-1].minute == minute:
        before[-1] = Peak(minute, max(before[-1].demand, mean))
    else:
        before.append(Peak(minute, mean))
    return replace(memory, peaks=tuple(before), recent=recent)


def _busy_share(memory: Memory, settings: Settings) -> float:
    """The steadier the last minutes were, the less room is kept for what the next one may bring."""
    demands = [peak.demand for peak in memory.peaks]
    enough = len(demands) >= settings.remembered / 60.0 - 1.0
    steady = enough and max(demands) <= settings.steady_within * min(demands)
    return settings.steady_busy_share if steady else settings.busy_share


def _with_ceiling(memory: Memory, reading: Reading, now: Situation, settings: Settings) -> Memory:
    """With the tasks that the quota can use, while it binds: for some time after something was refused.

    Until then what was saved up of the quota may well serve a burst. A quota that is absent or zero leaves
    the last ceiling.
    """
    refused_at = now.now if reading.refused_per_second > 0.0 else memory.refused_at
    if refused_at is None or now.now - refused_at > settings.scarce_for:
        return replace(memory, refused_at=None, ceiling=None)
    quota = now.quota_per_second
    if quota is None or not _is_number(quota) or not quota:
        return replace(memory, refused_at=refused_at)
    demand = max(peak.demand for peak in memory.peaks[-RECENT_MINUTES:])
    asked = demand * now.task.capacity / work(now.request, now.task)
    used = used_tasks(max(asked, quota), min(asked, quota), now.request, now.task)
    ceiling = max(now.limits.minimum, whole_tasks(used, settings.scarce_busy_share))
    return replace(memory, refused_at=refused_at, ceiling=ceiling)


def _mistrust(reading: Reading | None, now: Situation, memory: Memory, settings: Settings) -> str | None:
    """Why the reading is not to be acted on, in words; None if it is good."""
    if reading is None or not (_is_number(reading.in_flight) and _is_number(reading.asked_per_second)):
        return "metrics are missing"
    if not _is_number(now.seconds_in_flight) or not now.seconds_in_flight:
        return "nobody tells how long a request takes"
    age = now.now - reading.at
    if age > settings.late_after:
        return f"the newest metrics are {age:.0f} s old"
    if age < -settings.ahead_by:
        return f"the metrics are {-age:.0f} s ahead: the clocks disagree"
    if not reading.asked_per_second and reading.in_flight and not memory.doubted:
        return f"{reading.in_flight:.0f} in flight, though nothing came in"
    return _jumped(reading, now, memory, settings)


def _jumped(reading: Reading, now: Situation, memory: Memory, settings: Settings) -> str | None:
    """A demand out of all proportion is believed when it is seen again."""
    demand = max(_asked(reading, now), _crowd(reading, now))
    known = max([now.bounds.maximum, *(peak.demand for peak in memory.peaks)])
    if demand <= settings.jump * max(known, 1.0) or memory.doubted:
        return None
    return f"demand jumped to {demand:.0f} tasks at once"


def _held(why: str, now: Situation, memory: Memory) -> Decision:
    """The lower bound stays; the upper one opens, so that the inner loop can act while we cannot see."""
    minimum = now.limits.clamp(now.bounds.minimum)
    top = now.limits.maximum if memory.ceiling is None else now.limits.clamp(memory.ceiling)
    bounds = Bounds(minimum, max(minimum, top))
    return Decision(
        bounds,
        f"{why}: at least {bounds.minimum} tasks as before, target tracking up to {bounds.maximum}",
        replace(memory, doubted=True),
        held=True,
    )


def _reason(
    reading: Reading, peak: float, demanded: int, wanted: int, memory: Memory, *, at_quota: bool
) -> str:
    if not reading.asked_per_second and not reading.in_flight:
        seen = "no requests now"
    else:
        seen = f"{reading.asked_per_second:.3g} requests a second, {reading.in_flight:.0f} in flight"
    words = f"{seen}, {peak:.2g} tasks busy at the peak of the last minutes: {demanded} asked for"
    if at_quota:
        return f"{words}, but the quota can use no more than {memory.ceiling}: {wanted} tasks"
    return f"{words}: {wanted} tasks"


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value >= 0.0
