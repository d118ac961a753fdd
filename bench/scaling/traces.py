"""Traffic: recorded, in either of two forms, or made; and one documented way to draw arrivals from it.

A row per request (`timestamp_s,input_tokens,output_tokens`) gives the rate in steps of ten seconds. A row per
window (`window_start_s,requests_per_min,input_tokens_per_min,output_tokens_per_min,…`) gives the rate at its
middle, a straight line in between, times a gamma variable of mean 1 and deviation 0.35, drawn every minute.
From either, the requests of each second are a Poisson number with that rate. All is scaled so that the
highest minute of the trace, before chance, has the rate that is wanted.
"""

import csv
import gzip
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

from bench.scaling.service import Kind

STEP = 10
GAMMA_SECONDS, GAMMA_DEVIATION = 60, 0.35
STATIONARY_DEVIATION = 0.10
MINUTE, DAY = 60, 86_400
MANY = 30.0


class TraceError(Exception):
    """A file is not of either form."""


@dataclass(frozen=True)
class Trace:
    """Requests a second in steps of ten seconds, and usual requests; `bursty` draws the gamma variable."""

    name: str
    rates: tuple[float, ...]
    kinds: tuple[Kind, ...]
    bursty: bool = False

    @property
    def seconds(self) -> int:
        return STEP * len(self.rates)

    def kind(self, second: int) -> Kind:
        return self.kinds[second * len(self.kinds) // self.seconds]

    def minutes(self) -> list[float]:
        per = MINUTE // STEP
        return [sum(self.rates[at : at + per]) / per for at in range(0, len(self.rates) - per + 1, per)]

    @property
    def stationary(self) -> bool:
        """Whether its minutes differ by less than a tenth of their mean."""
        minutes = self.minutes()
        mean = sum(minutes) / len(minutes)
        spread = math.sqrt(sum((minute - mean) ** 2 for minute in minutes) / len(minutes))
        return spread < STATIONARY_DEVIATION * mean

    def work_at_peak(self) -> float:
        """CPU seconds of a request when most is asked for."""
        minutes = self.minutes()
        return self.kind(MINUTE * minutes.index(max(minutes))).work

    def mean_rate(self) -> float:
        return sum(self.rates) / len(self.rates)

    def scaled(self, peak: float) -> "Trace":
        """With `peak` requests a second in the highest minute."""
        factor = peak / max(self.minutes())
        return Trace(self.name, tuple(factor * rate for rate in self.rates), self.kinds, self.bursty)

    def draw(self, seed: int) -> Iterator[int]:
        """The requests of each second."""
        chance = Random(f"{self.name} {seed}")  # noqa: S311 - it draws traffic
        shape, factor = 1.0 / GAMMA_DEVIATION**2, 1.0
        for step, rate in enumerate(self.rates):
            if self.bursty and step % (GAMMA_SECONDS // STEP) == 0:
                factor = chance.gammavariate(shape, 1.0 / shape)
            for _ in range(STEP):
                yield _poisson(rate * factor, chance)


def _poisson(mean: float, chance: Random) -> int:
    if mean > MANY:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    if mean <= 0:
        return 0
    count, left, limit = 0, chance.random(), math.exp(-mean)
    while left > limit:
        count += 1
        left *= chance.random()
    return count


def read(path: Path, days: float) -> Trace:
    """The first `days` of a trace; TraceError if it is of neither form, or empty."""
    try:
        rows = list(_rows(path))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TraceError(f"{path}: {error}") from error
    name = path.name.removesuffix(".gz").removesuffix(".csv")
    try:
        if rows and "timestamp_s" in rows[0]:
            return _of_requests(name, rows, days)
        if rows and "window_start_s" in rows[0]:
            return _of_windows(name, rows, days)
    except (KeyError, TypeError, ValueError) as error:
        raise TraceError(f"{path}: not a number where one is wanted: {error}") from error
    raise TraceError(f"{path}: neither timestamp_s nor window_start_s begins its first line, or it is empty")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        yield from csv.DictReader(lines)


def _of_requests(name: str, rows: Sequence[dict[str, str]], days: float) -> Trace:
    first = min(float(row["timestamp_s"]) for row in rows)
    times = [float(row["timestamp_s"]) - first for row in rows]
    seconds = min(max(times), days * DAY)
    counts = [0] * (MINUTE // STEP * max(1, int(seconds // MINUTE)))
    for at in times:
        if at < STEP * len(counts):
            counts[int(at // STEP)] += 1
    inputs = sum(float(row["input_tokens"]) for row in rows) / len(rows)
    outputs = sum(float(row["output_tokens"]) for row in rows) / len(rows)
    return Trace(name, tuple(count / STEP for count in counts), (Kind.of(inputs, outputs),))


def _of_windows(name: str, rows: Sequence[dict[str, str]], days: float) -> Trace:
    starts = [float(row["window_start_s"]) for row in rows]
    width = min((later - earlier for earlier, later in pairwise(starts)), default=600.0)
    last = int(min(starts[-1] - starts[0] + width, days * DAY) // width)
    windows: list[dict[str, str] | None] = [None] * last
    for start, row in zip(starts, rows, strict=True):
        index = int((start - starts[0]) // width)
        if index < last:
            windows[index] = row
    rates = [float(row["requests_per_min"]) / MINUTE if row else 0.0 for row in windows]
    per = int(width // STEP)
    usual = _kind(rows)
    kinds = tuple(_kind([row]) if row and float(row["requests_per_min"]) else usual for row in windows)
    return Trace(name, tuple(_between(rates, per)), kinds, bursty=True)


def _kind(rows: Sequence[dict[str, str]]) -> Kind:
    requests = sum(float(row["requests_per_min"]) for row in rows)
    inputs = sum(float(row["input_tokens_per_min"]) for row in rows) / requests
    outputs = sum(float(row["output_tokens_per_min"]) for row in rows) / requests
    return Kind.of(inputs, outputs)


def _between(rates: Sequence[float], per: int) -> Iterator[float]:
    """A straight line from the middle of each window to that of the next."""
    for step in range(per * len(rates)):
        place = (step + 0.5) / per - 0.5
        left = math.floor(place)
        share = place - left
        one, other = (rates[min(max(index, 0), len(rates) - 1)] for index in (left, left + 1))
        yield one * (1.0 - share) + other * share


def made() -> list[Trace]:
    """Loads of our own, of two hours each, so that a clone without recorded traffic has something to run."""
    kind = (Kind.of(400.0, 40.0),)
    length = 2 * 3600 // STEP

    def trace(name: str, level: Sequence[float]) -> Trace:
        return Trace(f"made_{name}", tuple(level), kind)

    places = [step / length for step in range(length)]
    return [
        trace("steady", [1.0] * length),
        trace("steps", [(0.3, 0.6, 1.0, 0.5, 0.8, 0.3)[int(6 * place)] for place in places]),
        trace("ramps", [0.2 + 0.8 * (1.0 - abs(1.0 - 4 * place % 2.0)) for place in places]),
        trace("spikes", [1.0 if 12 * place % 1.0 < 0.2 else 0.25 for place in places]),
        trace("sawtooth", [0.2 + 0.8 * (8 * place % 1.0) for place in places]),
        trace("silence", [0.7 if 3 * place % 1.0 < 0.5 else 0.0 for place in places]),
    ]
