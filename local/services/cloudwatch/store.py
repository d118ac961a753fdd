"""The metrics of one account and region: samples by namespace, name and dimensions. Time is an argument."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from local.services.cloudwatch.parameters import KEPT_PERIODS, KEPT_VALUES, readable_until
from local.services.cloudwatch.statistics import Samples, statistic, together

if TYPE_CHECKING:
    from collections.abc import Mapping

MINUTE = 60


@dataclass(frozen=True)
class Metric:
    """Each set of dimensions is a metric of its own, as on AWS: nothing is added up over dimensions."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Mapping[str, str] | None = None) -> Metric:
        return cls(namespace, name, tuple(sorted((dimensions or {}).items())))


@dataclass(frozen=True)
class Window:
    """Consecutive periods: `count` of `period` seconds each, the first from `start`, seen at `now`."""

    start: int
    period: int
    count: int
    now: float

    def moments(self) -> range:
        return range(self.start, self.start + self.period * self.count, self.period)


@dataclass
class Series:
    """The samples of a metric, in steps of a minute, or of less once they came at a higher resolution."""

    unit: str = "None"
    step: int = MINUTE
    samples: dict[int, Samples] = field(default_factory=dict)

    def add(self, at: float, samples: Samples, step: int) -> None:
        self.step = min(self.step, step)
        start = int(at // step * step)
        known = self.samples.get(start)
        self.samples[start] = samples if known is None else together([known, samples])
        old = start - KEPT_VALUES * step
        if old in self.samples:
            self.samples[old] = replace(self.samples[old], values=None)
        while len(self.samples) > KEPT_PERIODS:
            del self.samples[next(iter(self.samples))]

    def between(self, start: int, end: int, readable: float) -> Samples | None:
        """All samples of a time, of those steps that ended when one could read them."""
        first = start // self.step * self.step
        steps = (at for at in range(first, end, self.step) if at + self.step <= readable)
        found = [samples for at in steps if (samples := self.samples.get(at)) is not None]
        return together(found) if found else None


class Store:
    """Written from any thread, read on the server's event loop."""

    def __init__(self) -> None:
        self._series: dict[Metric, Series] = {}
        self._writing = threading.Lock()

    def put(
        self, metric: Metric, at: float, samples: Samples, unit: str = "None", step: int = MINUTE
    ) -> None:
        with self._writing:
            series = self._series.get(metric)
            if series is None:
                series = self._series[metric] = Series(unit)
            series.add(at, samples, step)

    def read(self, metric: Metric, stat: str, window: Window) -> tuple[float | None, ...]:
        """One value for each period of the window; None where there is none, or none is delivered yet."""
        return tuple(statistic(seen, stat) if seen else None for seen in self.samples(metric, window))

    def samples(self, metric: Metric, window: Window) -> tuple[Samples | None, ...]:
        """The same, as what any statistic can be made of."""
        series = self._series.get(metric)
        if series is None:
            return (None,) * window.count
        readable = readable_until(metric.namespace, window.now)
        return tuple(series.between(at, at + window.period, readable) for at in window.moments())

    def unit(self, metric: Metric) -> str:
        series = self._series.get(metric)
        return series.unit if series else "None"

    def metrics(self) -> list[Metric]:
        return list(self._series)
