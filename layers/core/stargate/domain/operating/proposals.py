"""What an action would do to what is there, and what it should bring about; or why there is nothing to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.operating.action import Expectation, Target


@dataclass(frozen=True)
class Proposal:
    summary: str
    target: Target = field(default_factory=dict)
    expectations: tuple[Expectation, ...] = ()


@dataclass(frozen=True)
class Nothing:
    """Nothing is to be done, and why."""

    reason: str


@dataclass(frozen=True)
class Held:
    """Something is to be done, and a guard keeps it from being done now."""

    guard: str
    reason: str
    lifts_at: float | None = None
