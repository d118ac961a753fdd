"""How long AWS takes from one service to the next, for whoever holds a stopwatch to reactions.

MiniStack is one process: an event is with its function in two milliseconds, where AWS takes a tenth of a
second and more. What a reaction adds to such a hop can only be told if the hop takes as long as it does on
AWS, and so does every other step on the way. With STARGATE_LATENCY=aws they do, each time anew, as somebody
has measured them. It is real time that passes, like that of computing, which is not compressed either.
Without it nothing waits: sixty times as fast as real time, a tenth of a second would be six.
"""

import contextvars
import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist

VARIABLE = "STARGATE_LATENCY"
AS_ON_AWS = "aws"

_chance = random.Random()  # noqa: S311 - how long something takes is no secret


@dataclass(frozen=True)
class Latency:
    """Milliseconds that so many percent of all stay below; in between and beyond, its logarithm is normal."""

    p10: float
    p50: float
    p90: float
    p99: float

    def at(self, share: float) -> float:
        """Seconds that this share of all, between 0 and 1, stays below."""
        normal = NormalDist()
        known = [(0.1, self.p10), (0.5, self.p50), (0.9, self.p90), (0.99, self.p99)]
        points = [(normal.inv_cdf(percentile), log(milliseconds)) for percentile, milliseconds in known]
        wanted = normal.inv_cdf(share)
        pieces = list(itertools.pairwise(points))
        (x0, y0), (x1, y1) = next((piece for piece in pieces if wanted <= piece[1][0]), pieces[-1])
        return exp(y0 + (y1 - y0) * (wanted - x0) / (x1 - x0)) / 1000

    def drawn(self) -> float:
        """Seconds; of a thousand draws the longest is left out, as nobody has measured what lies there."""
        return self.at(_chance.uniform(0.001, 0.999))


# Luc van Donkersgoed, "Serverless Messaging: Latency Compared" (bitesizedserverless.com): from the sender's
# call to the first line of a warm function, 1,024 messages each, eu-west-1; EventBridge in February 2023, a
# Standard workflow that calls its function and waits for it in September 2022. The only public figures that
# we know of which have both steps, by one method. EventBridge alone has become faster since: 129 ms at the
# 99th percentile (AWS, August 2024), 80 ms at the 90th (Amazon Key, AWS Architecture Blog, 2026-02-04).
FROM_EVENT_TO_FUNCTION = Latency(113, 148, 241, 387)
FROM_START_TO_FUNCTION = Latency(73, 99.1, 133, 250)


_as_on_aws: list[bool] = [False]


def install(told: str) -> None:
    """`told` is what the environment says: `aws`, or nothing."""
    if told not in ("", AS_ON_AWS):
        raise ValueError(f"{VARIABLE} must be {AS_ON_AWS} or not set, not {told}")
    _as_on_aws[:] = [told == AS_ON_AWS]


def wait(latency: Latency) -> None:
    """In a thread that may: as long as AWS takes, or not at all."""
    if _as_on_aws[0]:
        time.sleep(latency.drawn())


def then(latency: Latency, go_on: Callable[[], None]) -> None:
    """For a caller that does not wait: at once, or in a thread after as long as AWS takes."""
    if not _as_on_aws[0]:
        go_on()
        return
    later = threading.Timer(latency.drawn(), contextvars.copy_context().run, (go_on,))
    later.daemon = True
    later.start()
