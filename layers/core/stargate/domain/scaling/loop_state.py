"""What the outer loop keeps of one service from one look to the next: one row of the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stargate.domain.scaling.demand import Count, Usual
from stargate.domain.scaling.outer_loop import Bounds, Memory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.scaling.quota_watch import UseMinute


@dataclass(frozen=True)
class Move:
    """Bounds that were ordered and are not verified yet. `decision` is the entry that holds the lease."""

    bounds: Bounds
    before: Bounds
    at: float
    decision: str
    action: str
    fence: int


@dataclass(frozen=True)
class LoopState:
    """What the loop keeps of one service from one look to the next.

    `wanted` are the bounds that demand and quota ask for, whatever held them; `blind` says that readings
    could not be trusted; `said` is what was told last, so that only what is new is told. `use` is what each
    model was asked between the last two looks, as a minute. After AWS has refused bounds nothing is tried
    until `resting_until`.
    """

    service: str
    looked_at: float = 0.0
    wanted: Bounds | None = None
    reason: str = ""
    said: str = ""
    blind: bool = False
    at_quota: bool = False
    memory: Memory = field(default_factory=Memory)
    count: Count | None = None
    usual: Usual = field(default_factory=Usual)
    use: Mapping[str, UseMinute] = field(default_factory=dict)
    move: Move | None = None
    resting_until: float = 0.0
    version: int = 0
