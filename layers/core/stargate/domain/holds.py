"""A bound that we raised, kept for a while so that it is not forgotten there."""

from __future__ import annotations

from dataclasses import dataclass

HOLD_SECONDS = 900.0  # then it is renewed while its condition is open, and released when it is not


@dataclass(frozen=True)
class Hold:
    """`was_…` are the bounds to go back to; `condition` is the key of the condition that it answers."""

    service: str
    minimum: int
    maximum: int
    was_minimum: int
    was_maximum: int
    until: float
    condition: str
    action_id: str
    fence: int
    live: bool = True
    version: int = 0
