"""How many tasks a service needs, from what its last minutes measured.

    work = tasks * (CPU - idle)
    tasks needed = work / (target - idle)              while CPU shows the demand
    tasks needed = work / (target - idle) * stretch    when CPU is used up

CPU above what a task uses when idle is proportional to the work that is done, and what is done is what is
asked for as long as CPU is left over. Near its end CPU hides the demand, because no more can be done than
is done. What is asked beyond that waits, and shows in the response time: with users who ask again once they
are answered, the work asked for grows with the time that they wait, at most in proportion. So the stretch
is the response time over that of the newest minute in which CPU was left over, between 1 and 2; where there
is no such minute it is 1.5, a step of half as much again, which the next look corrects. The highest demand
of the last three minutes counts, so that one slack minute takes nothing away.

The target is the specification's. Idle and the end of CPU are the twin's calibration on the specification's
scaling timeline: CPU = 7.4 + 1.56 * users per task, and 120 users on two tasks, saturated, show 86 to 89 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.domain.operating.facts import Minute

TARGET_CPU = 70.0
IDLE_CPU = 7.4
SATURATED_CPU = 85.0
LONGEST_STRETCH, UNKNOWN_STRETCH = 2.0, 1.5
RECENT_MINUTES = 3
ROUNDING = 1e-6  # two tasks exactly at the target are two, whatever binary fractions say


@dataclass(frozen=True)
class Estimate:
    tasks: int
    reason: str


@dataclass(frozen=True)
class Demand:
    """In tasks at the target, with the figures that it follows from."""

    tasks: float
    reason: str


def tasks_needed(minutes: Sequence[Minute]) -> Estimate | None:
    """`minutes` from the oldest to the newest; None if CPU is not measured in any of them."""
    measured = [minute for minute in minutes if minute.cpu is not None and minute.tasks]
    if not measured:
        return None
    demand = max(
        (_demand(minute, measured) for minute in measured[-RECENT_MINUTES:]), key=lambda one: one.tasks
    )
    needed = max(1, math.ceil(demand.tasks - ROUNDING))
    return Estimate(needed, f"{demand.reason} ask for {needed} at {TARGET_CPU:.0f} %")


def _demand(minute: Minute, measured: Sequence[Minute]) -> Demand:
    tasks, cpu = minute.tasks or 0.0, minute.cpu or 0.0
    needed = tasks * max(cpu - IDLE_CPU, 0.0) / (TARGET_CPU - IDLE_CPU)
    shown = f"{tasks:.3g} tasks at {cpu:.0f} % CPU"
    if cpu < SATURATED_CPU:
        return Demand(needed, shown)
    stretch = _stretch(minute, measured)
    return Demand(needed * stretch, f"{shown}, which hides demand ({stretch:.2g} times),")


def _stretch(minute: Minute, measured: Sequence[Minute]) -> float:
    calm = [one for one in measured if (one.cpu or 0.0) < SATURATED_CPU and one.at < minute.at]
    calm_seconds = calm[-1].response_seconds if calm else None
    if not calm_seconds or minute.response_seconds is None:
        return UNKNOWN_STRETCH
    return min(max(minute.response_seconds / calm_seconds, 1.0), LONGEST_STRETCH)
