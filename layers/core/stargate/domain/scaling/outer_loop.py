"""The outer loop: what the last readings say about demand and quota, and the bounds that follow. Pure.

    last    = what came in since the last look                     at 90 % of CPU
    room    = mean of the last minutes + 2 of their deviations     at 90 % of CPU
    level   = mean of the last minutes                             at 78 % of CPU
    rise    = where a steady rise leads in two minutes             at 68 % of CPU
    crowd   = what is in flight at this moment                     at all of it
    wanted  = the most of these; more at once, fewer one by one, once nobody has wanted them for minutes
    bounds  = (wanted, wanted) within the limits, and at most what the quota can use

The minutes tell how much the next one may differ, so a restless gateway is given room and a steady one is
not; and because they are remembered for a quarter of an hour, tasks stay for a while after a peak, which is
cheaper than to stop and start them. 78 % of what is not at rest keeps CPU below 80 %, where the critical
alarm rings. Both bounds are moved, as target tracking at 70 % would add tasks that nobody waits for; that
is also why they are only pinned for as long as the readings are good. Otherwise the lower bound stays where
it was and the upper one opens: target tracking is the net.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import fmean, stdev

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

    def __str__(self) -> str:
        return f"{self.minimum} to {self.maximum}"

    def document(self) -> dict[str, int]:
        return {"minimum": self.minimum, "maximum": self.maximum}

    def clamp(self, tasks: int) -> int:
        return min(max(tasks, self.minimum), self.maximum)


@dataclass(frozen=True)
class Settings:
    """How the loop weighs what it sees; seconds, and shares of CPU. docs/scaling.md judges these."""

    deviations: float = 2.0
    busy_share: float = 0.90  # of the room that is kept, and of what came in last
    level_share: float = 0.78  # of the mean: CPU stays below 80 %, where the critical alarm rings
    rise_share: float = 0.68  # of a rise to come: CPU does not reach the 70 % that target tracking waits for
    crowded_share: float = 1.0  # of what is in flight at this moment: more than that waits already
    remembered_minutes: int = 15
    kept_minutes: int = 6  # a task stays for so long after it was wanted last
    fewer_every: float = 300.0  # one task, as the specification has it
    fewer_if: float = 1.05  # times the demand: tasks that would not do for that are not let go
    rise_minutes: int = 6  # over so many a line is laid
    rise_strays: float = 0.10  # of the mean: so far its minutes may lie from the line
    rise_least: float = 0.15  # of the mean: a rise of less over these minutes is none
    ahead: float = 120.0  # a look, and a task that starts
    scarce_busy_share: float = 0.90  # of the tasks that the quota can use
    scarce_for: float = 180.0  # the quota binds for so long after something was refused
    late_after: float = 90.0  # the newest reading may be as old as this
    ahead_by: float = 30.0  # a reading from the future: the clocks disagree
    jump: float = 1.5  # times the highest demand of the last quarter of an hour: not believed at first sight
    believed_after: float = (
        360.0  # a jump that lasts twice as long as CPU's alarm takes is none of the metric's
    )
    highest_for: float = 900.0


RECENT_MINUTES = 5
LEAST_FOR_A_LINE = 4
MINUTE = 60.0
SETTINGS = Settings()


@dataclass(frozen=True)
class Reading:
    """Of all tasks, in the seconds before `at`: in flight, and what came in a second.

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
class Minute:
    """Demand in tasks wholly busy, added up over the looks of one minute; the most tasks that were wanted."""

    minute: int
    total: float
    looks: int
    wanted: int = 0

    @property
    def demand(self) -> float:
        return self.total / self.looks


@dataclass(frozen=True)
class Memory:
    """What the loop keeps from one look to the next.

    `highest` is the highest demand that was believed, and `highest_at` when; `jumped_at` since when more than
    that is seen; `doubted` says that the last reading was not believed. `standing` are the tasks that demand
    has by now, and `changed_at` when they last changed.
    """

    minutes: tuple[Minute, ...] = ()
    highest: float = 0.0
    highest_at: float = 0.0
    jumped_at: float | None = None
    doubted: bool = False
    standing: int = 0
    changed_at: float = 0.0
    ceiling: int | None = None
    refused_at: float | None = None


@dataclass(frozen=True)
class Decision:
    """`held`: the readings could not be trusted. `at_quota`: the quota, not the demand, decided."""

    bounds: Bounds
    reason: str
    memory: Memory
    held: bool = False
    at_quota: bool = False


@dataclass(frozen=True)
class Demand:
    """In tasks wholly busy: `asked` by what came in last, `crowd` by what is in flight, others as above."""

    asked: float
    crowd: float
    level: float
    room: float
    rise: float


def decide(
    reading: Reading | None, now: Situation, memory: Memory, settings: Settings = SETTINGS
) -> Decision:
    """The bounds from now on, within the limits, whatever the reading is worth."""
    mistrust = _mistrust(reading, now, memory, settings)
    if reading is None or mistrust:
        return _held(mistrust or "metrics are missing", now, replace(memory, doubted=True))
    memory = replace(_remembered(memory, _asked(reading, now), now.now, settings), doubted=False)
    memory = _with_ceiling(memory, reading, now, settings)
    demand = _demand(reading, now, memory, settings)
    jumped = _jump(demand, now, memory, settings)
    if jumped:
        return _held(jumped, now, replace(memory, jumped_at=memory.jumped_at or now.now))
    memory = _wanting(_believed(memory, demand.asked, now.now, settings), demand, settings)
    memory = _standing(memory, now.now, settings)
    wanted = now.limits.clamp(memory.standing)
    at_quota = memory.ceiling is not None and memory.ceiling < wanted
    if at_quota and memory.ceiling is not None:
        wanted = now.limits.clamp(memory.ceiling)
    reason = _reason(reading, demand, wanted, memory, at_quota=at_quota)
    return Decision(Bounds(wanted, wanted), reason, memory, at_quota=at_quota)


def _demand(reading: Reading, now: Situation, memory: Memory, settings: Settings) -> Demand:
    demands = [minute.demand for minute in memory.minutes]
    level = fmean(demands)
    room = min(level + settings.deviations * _deviation(demands), max(demands))
    rise = _rise(memory.minutes, settings)
    return Demand(_asked(reading, now), _crowd(reading, now), level, room, rise)


def _deviation(demands: list[float]) -> float:
    return stdev(demands) if len(demands) > 1 else 0.0


def _wanted(demand: Demand, settings: Settings, more: float = 1.0) -> int:
    """Whole tasks for the demand, or for somewhat more of it."""
    return max(
        whole_tasks(more * demand.crowd, settings.crowded_share),
        whole_tasks(more * max(demand.asked, demand.room), settings.busy_share),
        whole_tasks(more * demand.level, settings.level_share),
        whole_tasks(more * demand.rise, settings.rise_share),
    )


def _asked(reading: Reading, now: Situation) -> float:
    """Demand by what came in, in tasks wholly busy."""
    asked = reading.asked_per_second or 0.0
    return used_tasks(asked, asked, now.request, now.task)


def _crowd(reading: Reading, now: Situation) -> float:
    """Demand by what is in flight, in tasks wholly busy: as many a second as leave when nothing waits."""
    leaving = (reading.in_flight or 0.0) / now.seconds_in_flight
    return leaving * work(now.request, now.task) / now.task.capacity


def _rise(minutes: tuple[Minute, ...], settings: Settings) -> float:
    """Where demand will be when a task that is ordered now serves, if it rises evenly; else nothing."""
    latest = minutes[-settings.rise_minutes :]
    if len(latest) < LEAST_FOR_A_LINE:
        return 0.0
    middle, mean = fmean(one.minute for one in latest), fmean(one.demand for one in latest)
    spread = sum((one.minute - middle) ** 2 for one in latest)
    slope = sum((one.minute - middle) * (one.demand - mean) for one in latest) / spread
    strays = math.sqrt(fmean((one.demand - mean - slope * (one.minute - middle)) ** 2 for one in latest))
    risen = slope * (latest[-1].minute - latest[0].minute)
    if risen < settings.rise_least * mean or strays > settings.rise_strays * mean:
        return 0.0
    return mean + slope * (latest[-1].minute - middle + settings.ahead / MINUTE)


def _remembered(memory: Memory, demand: float, at: float, settings: Settings) -> Memory:
    minute = int(at // MINUTE)
    kept = [one for one in memory.minutes if minute - settings.remembered_minutes < one.minute <= minute]
    if kept and kept[-1].minute == minute:
        newest = kept[-1]
        kept[-1] = replace(newest, total=newest.total + demand, looks=newest.looks + 1)
    else:
        kept.append(Minute(minute, demand, 1))
    return replace(memory, minutes=tuple(kept))


def _wanting(memory: Memory, demand: Demand, settings: Settings) -> Memory:
    """With the tasks that are wanted now: fewer than before only if that would do for somewhat more, too."""
    *before, newest = memory.minutes
    earlier = newest.wanted or (before[-1].wanted if before else 0)
    least, most = _wanted(demand, settings), _wanted(demand, settings, settings.fewer_if)
    wanted = min(max(earlier, least), most)
    return replace(memory, minutes=(*before, replace(newest, wanted=max(newest.wanted, wanted))))


def _standing(memory: Memory, at: float, settings: Settings) -> Memory:
    """More at once; fewer one by one, once nobody has wanted the last of them for some minutes."""
    wanted = max(one.wanted for one in memory.minutes[-settings.kept_minutes :])
    if wanted > memory.standing:
        return replace(memory, standing=wanted, changed_at=at)
    if wanted < memory.standing and at - memory.changed_at >= settings.fewer_every:
        return replace(memory, standing=memory.standing - 1, changed_at=at)
    return memory


def _believed(memory: Memory, demand: float, at: float, settings: Settings) -> Memory:
    """With the highest demand of late; a higher one becomes known by being believed."""
    if demand >= memory.highest or at - memory.highest_at > settings.highest_for:
        return replace(memory, highest=demand, highest_at=at, jumped_at=None)
    return replace(memory, jumped_at=None)


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
    demand = max(one.demand for one in memory.minutes[-RECENT_MINUTES:])
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
    return None


def _jump(demand: Demand, now: Situation, memory: Memory, settings: Settings) -> str:
    """Why a demand that would add tasks is not believed yet: it is far beyond all that was seen of late.

    A metric may be wrong, and a crowd that is there makes CPU's own alarm ring within three minutes.
    """
    seen, known = max(demand.asked, demand.crowd), max(memory.highest, 1.0)
    if now.limits.clamp(_wanted(demand, settings)) <= now.bounds.minimum or seen <= settings.jump * known:
        return ""
    since = now.now if memory.jumped_at is None else memory.jumped_at
    if now.now - since >= settings.believed_after:
        return ""
    return f"demand jumped to {seen:.1f} tasks, the highest of late was {memory.highest:.1f}"


def _held(why: str, now: Situation, memory: Memory) -> Decision:
    """The lower bound stays; the upper one opens, so that the inner loop can act while we cannot see."""
    minimum = now.limits.clamp(now.bounds.minimum)
    top = now.limits.maximum if memory.ceiling is None else now.limits.clamp(memory.ceiling)
    bounds = Bounds(minimum, max(minimum, top))
    kept = f"at least {bounds.minimum} tasks as before, target tracking up to {bounds.maximum}"
    return Decision(bounds, f"{why}: {kept}", memory, held=True)


def _reason(reading: Reading, demand: Demand, wanted: int, memory: Memory, *, at_quota: bool) -> str:
    seen = f"{reading.asked_per_second:.3g} requests a second, {reading.in_flight:.0f} in flight"
    if not reading.asked_per_second and not reading.in_flight:
        seen = "no requests now"
    busy = f"{demand.level:.2g} tasks busy in the last minutes, room for {demand.room:.2g}"
    rising = f", rising to {demand.rise:.2g}" if demand.rise > demand.level else ""
    words = f"{seen}; {busy}{rising}: {memory.minutes[-1].wanted} wanted now"
    if at_quota:
        return f"{words}, but the quota can use no more than {memory.ceiling}: {wanted} tasks"
    return f"{words}: {wanted} tasks"


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value >= 0.0
