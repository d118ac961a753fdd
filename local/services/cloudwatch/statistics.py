"""Samples of a metric, and the statistics that CloudWatch makes of them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PERCENTILE = re.compile(r"p(\d{1,2}(\.\d{1,10})?|100)")
BASIC = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")


@dataclass(frozen=True)
class Samples:
    """What was seen in a time: `values` are (value, weight), or None where only the sums are known."""

    count: float
    total: float
    least: float
    most: float
    values: tuple[tuple[float, float], ...] | None


def of_values(values: Iterable[tuple[float, float]]) -> Samples:
    pairs = tuple(values)
    return Samples(
        sum(weight for _, weight in pairs),
        sum(value * weight for value, weight in pairs),
        min(value for value, _ in pairs),
        max(value for value, _ in pairs),
        pairs,
    )


def of_set(count: float, total: float, least: float, most: float) -> Samples:
    """A published statistic set. Percentiles need its single values, which are known if all are the same."""
    return Samples(count, total, least, most, ((least, count),) if least == most else None)


def together(parts: Sequence[Samples]) -> Samples:
    """All samples of some times as one."""
    if len(parts) == 1:
        return parts[0]
    values: list[tuple[float, float]] | None = []
    for part in parts:
        values = None if values is None or part.values is None else [*values, *part.values]
    return Samples(
        sum(part.count for part in parts),
        sum(part.total for part in parts),
        min(part.least for part in parts),
        max(part.most for part in parts),
        None if values is None else tuple(values),
    )


def is_statistic(name: str) -> bool:
    return name in BASIC or PERCENTILE.fullmatch(name) is not None


def statistic(samples: Samples, name: str) -> float | None:
    """One statistic by CloudWatch's name of it, or None where a percentile cannot be had."""
    match name:
        case "SampleCount":
            return samples.count
        case "Sum":
            return samples.total
        case "Average":
            return samples.total / samples.count
        case "Minimum":
            return samples.least
        case "Maximum":
            return samples.most
    return None if samples.values is None else _percentile(samples.values, float(name[1:]))


def _percentile(values: Sequence[tuple[float, float]], percent: float) -> float:
    """The smallest value that so many percent of the weight do not exceed."""
    ordered = sorted(values)
    wanted = sum(weight for _, weight in ordered) * percent / 100
    seen = 0.0
    for value, weight in ordered:
        seen += weight
        if seen >= wanted:
            return value
    return ordered[-1][0]
