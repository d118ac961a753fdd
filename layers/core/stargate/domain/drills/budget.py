"""The error budget: how long a gateway may have failed its users, and how much of that is left.

It is counted in time, not in requests, so that a young gateway or a quiet month has one too: of each hour the
share that failed. Hours with so few requests that a share says nothing count as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WINDOW_DAYS = 28
WINDOW_SECONDS = WINDOW_DAYS * 86400.0
HOUR = 3600.0
FEWEST_REQUESTS = 20.0  # in an hour: the gateway's alarms on errors take no fewer for a share either
LEAST_LEFT = 0.25  # of the budget, for a drill to begin


@dataclass(frozen=True)
class Hour:
    """Requests that came, and those of them that were answered with 5xx by a target or by the balancer."""

    requests: float
    failed: float


@dataclass(frozen=True)
class Budget:
    """Seconds that may fail within the window, and seconds that did."""

    allowed: float
    spent: float

    @property
    def left(self) -> float:
        """As a share of what is allowed; below zero when more was spent."""
        return 1.0 - self.spent / self.allowed

    def told(self) -> str:
        return f"{100 * self.left:.0f} % of {self.allowed / 60:.0f} min left"


def budget_of(hours: Iterable[Hour], availability: float) -> Budget:
    """`availability` in percent is what is promised over the window."""
    shares = (min(1.0, one.failed / one.requests) for one in hours if one.requests >= FEWEST_REQUESTS)
    return Budget(WINDOW_SECONDS * (1.0 - availability / 100.0), HOUR * sum(shares))
