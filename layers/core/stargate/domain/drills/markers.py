"""Markers: small records that were written and acknowledged, and looked for afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


@dataclass(frozen=True)
class Loss:
    """How many acknowledged records were missing, and the seconds of writing that they are."""

    written: int
    lost: int
    seconds: float

    def document(self) -> dict[str, Any]:
        return {"written": self.written, "lost": self.lost, "seconds": round(self.seconds, 3)}


def loss_of(acknowledged: Sequence[tuple[float, str]], found: Collection[str], interval: float) -> Loss:
    """`acknowledged` are moment and name of each marker, in the order of time."""
    lost = [at for at, name in acknowledged if name not in found]
    seconds = lost[-1] - lost[0] + interval if lost else 0.0
    return Loss(len(acknowledged), len(lost), seconds)
