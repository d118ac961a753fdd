"""The one place where the product reads the time."""

from __future__ import annotations

import time


class SystemClock:
    def now(self) -> float:
        return time.time()


def pause(seconds: float) -> None:
    time.sleep(seconds)


class Stopwatch:
    """Seconds since it was made, however the time of day is set meanwhile."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self._began
