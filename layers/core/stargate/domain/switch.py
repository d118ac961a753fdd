"""The kill switch: one for all environments, and off holds every action at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    on: bool = True
    reason: str = ""
    actor: str = ""
    at: float | None = None
