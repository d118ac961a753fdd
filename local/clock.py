"""One compressed clock for the whole local cloud.

Simulated time runs `scale` times as fast as real time and starts equal to it. It is put under everything in a
process at once, by replacing what the standard library answers to "what time is it": so timestamps, expiries,
schedules and cool-downs agree without knowing of it. What measures or spends real time keeps doing so:
`time.monotonic` and `time.sleep` are left alone, because computing is not compressed.

The biggest downside: code that waits by `time.sleep` until `time.time()` has moved on waits too long by the
factor `scale`. Such places in MiniStack are listed in local/schedules.py.

This file imports next to nothing, since every Lambda process runs it before its own first line.
"""

import datetime  # noqa: ICN001 - the module itself is changed
import os
import time
from typing import Any

SCALE_VARIABLE = "STARGATE_TIME_SCALE"
EPOCH_VARIABLE = "STARGATE_CLOCK_EPOCH"
DEFAULT_SCALE = 60.0

REAL_TIME = time.time
REAL_TIME_NS = time.time_ns
REAL_DATETIME = datetime.datetime
_REAL_GMTIME = time.gmtime
_REAL_LOCALTIME = time.localtime
_REAL_STRFTIME = time.strftime


class Clock:
    """Simulated = epoch + (real - epoch) * scale, in seconds since 1970."""

    def __init__(self, scale: float, epoch: float) -> None:
        if scale < 1:
            raise ValueError(f"{SCALE_VARIABLE} must be 1 or more, not {scale}")
        self.scale = scale
        self.epoch = epoch

    @classmethod
    def starting_now(cls, scale: float) -> "Clock":
        return cls(scale, REAL_TIME())

    @classmethod
    def from_environment(cls) -> "Clock":
        scale = float(os.environ.get(SCALE_VARIABLE, DEFAULT_SCALE))
        return cls(scale, float(os.environ.get(EPOCH_VARIABLE, REAL_TIME())))

    def environment(self) -> dict[str, str]:
        """What a child process needs to keep the same time."""
        return {SCALE_VARIABLE: repr(self.scale), EPOCH_VARIABLE: repr(self.epoch)}

    def now(self) -> float:
        return self.epoch + (REAL_TIME() - self.epoch) * self.scale

    def now_ns(self) -> int:
        epoch_ns = int(self.epoch * 1e9)
        return epoch_ns + int((REAL_TIME_NS() - epoch_ns) * self.scale)

    def real_seconds(self, simulated: float) -> float:
        """How long to wait in real seconds for so many simulated ones to pass."""
        return simulated / self.scale

    def install(self) -> None:
        """Let this process live in simulated time."""
        time.time = self.now
        time.time_ns = self.now_ns
        time.gmtime = lambda seconds=None: _REAL_GMTIME(self.now() if seconds is None else seconds)
        time.localtime = lambda seconds=None: _REAL_LOCALTIME(self.now() if seconds is None else seconds)
        time.strftime = lambda form, *moment: _REAL_STRFTIME(form, *(moment or (time.localtime(),)))
        datetime.datetime = _simulated_datetime(self)  # type: ignore[misc]


def _simulated_datetime(clock: Clock) -> type[datetime.datetime]:
    class AnyDatetime(type):
        """Datetimes made before the clock was installed, or in C, are datetimes too."""

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, REAL_DATETIME)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, REAL_DATETIME)

    class SimulatedDatetime(REAL_DATETIME, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(clock.now(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(clock.now(), datetime.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(clock.now())

    SimulatedDatetime.__name__ = SimulatedDatetime.__qualname__ = "datetime"
    SimulatedDatetime.__module__ = "datetime"
    return SimulatedDatetime
