"""Many durations kept as few: counts of 20 ms steps, so that percentiles are right to 10 ms and cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twin.readings import Samples

if TYPE_CHECKING:
    from collections.abc import Iterable

STEPS_PER_SECOND = 50
HALF_STEP = 0.5 / STEPS_PER_SECOND


def durations(pairs: Iterable[tuple[float, int]]) -> Histogram:
    """Of (seconds, how many)."""
    counts: dict[int, int] = {}
    for seconds, count in pairs:
        step = int(seconds * STEPS_PER_SECOND)
        counts[step] = counts.get(step, 0) + count
    return Histogram(counts)


class Histogram:
    """Durations in seconds. Count, total, least and most are exact to a step as well."""

    __slots__ = ("_counts",)

    def __init__(self, counts: dict[int, int]) -> None:
        self._counts = counts

    def samples(self, scale: float = 1.0) -> Samples:
        """All of it, times `scale`; there must be something in it."""
        values = tuple(
            (scale * (step / STEPS_PER_SECOND + HALF_STEP), float(count))
            for step, count in sorted(self._counts.items())
        )
        count = sum(weight for _, weight in values)
        total = sum(value * weight for value, weight in values)
        return Samples(count, total, values[0][0], values[-1][0], values)

    def percentile(self, share: float) -> float | None:
        """The duration that `share` of all stay below, in seconds; None if there are none."""
        wanted = share * sum(self._counts.values())
        passed = 0
        for step, count in sorted(self._counts.items()):
            passed += count
            if passed >= wanted:
                return step / STEPS_PER_SECOND + HALF_STEP
        return None

    def __bool__(self) -> bool:
        return bool(self._counts)
