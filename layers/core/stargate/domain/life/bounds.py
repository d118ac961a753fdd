"""What becomes of the bounds that autoscaling has now when the stack of its service is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.gateway.presets import Spec


@dataclass(frozen=True)
class Bounds:
    minimum: int
    maximum: int


def declared_bounds(spec: Spec) -> Bounds:
    return Bounds(spec.litellm.min_tasks, spec.litellm.max_tasks)


def carried(before: Bounds, after: Bounds, live: Bounds) -> Bounds:
    """What stands where it was declared goes along with its limit; what was moved stays within the limits."""
    minimum = after.minimum if live.minimum == before.minimum else _within(live.minimum, after)
    maximum = after.maximum if live.maximum == before.maximum else _within(live.maximum, after)
    return Bounds(min(minimum, maximum), maximum)


def _within(tasks: int, limits: Bounds) -> int:
    return min(max(tasks, limits.minimum), limits.maximum)
