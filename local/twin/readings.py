"""What can be measured at a running gateway, as metrics show it: one reading per measure and period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Samples:
    """What was seen in one period: enough for every statistic and, by `values`, for percentiles.

    `values` are (value, weight) in rising order; their weights add up to `count`.
    """

    count: float
    total: float
    least: float
    most: float
    values: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Reading:
    """`at` is the start of the period, in seconds since 1970; `period` its length, 20 or 60 seconds.

    Subjects: `service:<name>`, `balancer`, `targets:<service>`, `database`, `model:<name>`. Units are in the
    measure's name; a measure without one is a count or a percentage (`cpu`, `memory`).
    """

    subject: str
    measure: str
    at: float
    period: int
    samples: Samples


def of_values(values: Iterable[tuple[float, float]]) -> Samples:
    """Samples of (value, weight) pairs, of which there must be one at least."""
    ordered = tuple(sorted(values))
    count = sum(weight for _, weight in ordered)
    total = sum(value * weight for value, weight in ordered)
    return Samples(count, total, ordered[0][0], ordered[-1][0], ordered)


def of_gauge(*values: float) -> Samples:
    """Samples of a level that was looked at so many times."""
    return of_values((value, 1.0) for value in values)


def of_events(count: float) -> Samples:
    """Samples of things that happened: each is a sample of one, as AWS reports requests; none is a zero."""
    return of_values([(1.0, count)]) if count else of_gauge(0.0)
