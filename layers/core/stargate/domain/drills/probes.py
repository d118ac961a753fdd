"""When to ask, and what one question to a component came to."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Any

from stargate.domain.moments import told, understood

INTERVAL_SECONDS = 1.0
# Longer than a person's patience with one click; a gateway that answers later than that is down to its users.
DEADLINE_SECONDS = 5.0


@dataclass(frozen=True)
class Reply:
    """What a component said: whether it did what it was asked, and if not, why."""

    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class Probe:
    """One question: when it was asked, and how long until its answer or until it was given up."""

    at: float
    component: str
    ok: bool
    latency: float
    reason: str = ""

    @property
    def ended_at(self) -> float:
        return self.at + self.latency

    def document(self) -> dict[str, Any]:
        return {
            "at": told(self.at),
            "component": self.component,
            "ok": self.ok,
            "latency": round(self.latency, 4),
            "reason": self.reason,
        }


def probe_of(document: dict[str, Any]) -> Probe:
    return Probe(
        understood(document["at"]),
        document["component"],
        document["ok"],
        document["latency"],
        document["reason"],
    )


@dataclass(frozen=True)
class Rhythm:
    """Seconds between two questions to the same component, and until an unanswered one is given up.

    Questions overlap if the deadline is longer than the interval: a component that hangs is asked as often as
    one that answers, so the moment of its return is seen as exactly.
    """

    interval: float = INTERVAL_SECONDS
    deadline: float = DEADLINE_SECONDS

    def next_beat(self, last: int, seconds: float) -> int:
        """The number of the beat to come after `last`, so many seconds after the start.

        Beats lie on a fixed grid, so that a late one delays none after it; those missed by a whole interval
        are left out, because asking twice at once would tell nothing about the time in between.
        """
        return max(last + 1, floor(seconds / self.interval))

    def at(self, beat: int) -> float:
        """Seconds after the start."""
        return beat * self.interval
