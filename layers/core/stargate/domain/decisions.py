"""What to do about a condition, with the reason, and with the guard that held it if one did."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.actions import ActionKind, Expectation


class Verdict(StrEnum):
    ACT = "act"
    HOLD = "hold"
    NONE = "none"


@dataclass(frozen=True)
class Decision:
    """`guard` is set if and only if the verdict is hold; `lifts_at` if it is known when the guard lifts."""

    verdict: Verdict
    reason: str
    action: ActionKind | None = None
    guard: str | None = None
    lifts_at: float | None = None
    target: Mapping[str, int | str] = field(default_factory=dict)
    expectations: tuple[Expectation, ...] = ()
