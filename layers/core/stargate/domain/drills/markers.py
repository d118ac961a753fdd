"""Markers: small records that were written and acknowledged, and looked for afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.objectives import SCRAPE_SECONDS

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


@dataclass(frozen=True)
class Series:
    """A metric's series over the drill: samples that were seen and are gone, and its longest gap."""

    loss: Loss
    gap_seconds: float | None

    def document(self) -> dict[str, Any]:
        gap = None if self.gap_seconds is None else round(self.gap_seconds, 3)
        return {**self.loss.document(), "gap_seconds": gap, "scrape_seconds": SCRAPE_SECONDS}


def series_of(seen: Collection[float], found: Collection[float], since: float) -> Series:
    """From the last sample before `since` on; moments in seconds, told to the millisecond."""
    kept = sorted({round(at, 3) for at in found})
    acknowledged = [(at, f"{at:.3f}") for at in sorted({round(at, 3) for at in seen})]
    loss = loss_of(acknowledged, {f"{at:.3f}" for at in kept}, SCRAPE_SECONDS)
    gaps = [after - before for before, after in pairwise(kept) if after > since]
    return Series(loss, max(gaps, default=None))
