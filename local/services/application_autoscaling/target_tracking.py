"""What target tracking decides when one of its alarms rings. Pure.

Application Auto Scaling's user guide is the source: proportional to the metric, within the bounds; a
cool-down of scaling out lets only a larger scale-out through, with what was added already counted in; scaling
in waits for its own cool-down, for activities in progress and for deployments, and never undershoots the
target.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from local.services.application_autoscaling.parameters import MOST_TASKS_IN

ROUNDING = 1e-9  # 2 tasks at exactly their target stay 2


@dataclass(frozen=True)
class Earlier:
    """An activity of this policy: how many there were before it, and when it ended, if it has."""

    before: int
    started: float
    ended: float | None


@dataclass(frozen=True)
class Situation:
    """A target when its alarm rings. `current` is its desired count, `value` the metric's newest one."""

    current: int
    minimum: int
    maximum: int
    value: float
    target: float
    now: float
    out_cooldown: float = 300
    in_cooldown: float = 300
    last_out: Earlier | None = None
    last_in: Earlier | None = None
    out_suspended: bool = False
    in_suspended: bool = False
    deploying: bool = False


@dataclass(frozen=True)
class Scale:
    to: int


@dataclass(frozen=True)
class NotScaled:
    """`code` as NotScaledReasons have it."""

    code: str


def scale_out(now: Situation) -> Scale | NotScaled | None:
    """None: nothing is to be done, and nothing to be told."""
    if now.out_suspended:
        return None
    cooling = is_cooling(now.last_out, now.out_cooldown, now.now)
    base = now.last_out.before if now.last_out and cooling else now.current
    wanted = min(proportional(base, now), now.maximum)
    if wanted > now.current:
        return Scale(wanted)
    if now.current >= now.maximum:
        return NotScaled("AlreadyAtMaxCapacity")
    return None if cooling else NotScaled("AlreadyAtDesiredCapacity")


def scale_in(now: Situation) -> Scale | NotScaled | None:
    if now.in_suspended or now.deploying or _in_progress(now) or _cools_in(now):
        return None
    if now.current <= now.minimum:
        return NotScaled("AlreadyAtMinCapacity")
    wanted = max(proportional(now.current, now), now.minimum, now.current - MOST_TASKS_IN)
    return Scale(wanted) if wanted < now.current else NotScaled("AutoScalingAnticipatedFlapping")


def proportional(base: int, now: Situation) -> int:
    return math.ceil(base * now.value / now.target - ROUNDING)


def is_cooling(earlier: Earlier | None, cooldown: float, now: float) -> bool:
    """The cool-down begins when the activity has ended; until then it is in progress."""
    return earlier is not None and (earlier.ended is None or now < earlier.ended + cooldown)


def _in_progress(now: Situation) -> bool:
    return any(earlier is not None and earlier.ended is None for earlier in (now.last_out, now.last_in))


def _cools_in(now: Situation) -> bool:
    """A scale-out in the meantime ends the cool-down of scaling in."""
    over = now.last_in and now.last_out and now.last_out.started > now.last_in.started
    return not over and is_cooling(now.last_in, now.in_cooldown, now.now)
