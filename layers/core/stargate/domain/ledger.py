"""The append-only record of an environment: each entry names its cause and its actor."""

from __future__ import annotations

import hashlib
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
    """`incident` is the id of the one that it is told of, if it is of any."""

    entry_id: str
    at: float
    environment: str
    kind: str
    subject: str
    summary: str
    cause: str
    actor: str
    detail: dict[str, Any] = field(default_factory=dict)
    incident: str | None = None


def derived_id(at: float, origin: str) -> str:
    """An entry's id that follows from its moment and origin: written twice, it is seen to be there."""
    return f"{round(at * 1000):013d}-{hashlib.sha256(origin.encode(errors='replace')).hexdigest()[:12]}"
