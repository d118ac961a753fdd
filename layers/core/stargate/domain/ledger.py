"""The append-only record of an environment: each entry names its cause and its actor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "step",
    "signal",
    "decision",
    "approval",
    "action",
    "verification",
    "drill",
    "cost",
    "incident",
    "notification",
    "note",
)


@dataclass(frozen=True)
class Entry:
    entry_id: str
    at: float
    environment: str
    kind: str
    subject: str
    summary: str
    cause: str
    actor: str
    detail: dict[str, Any] = field(default_factory=dict)
