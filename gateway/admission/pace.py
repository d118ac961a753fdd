"""How much may be asked of a model each second, found by what it refuses: less at once, slowly more. Pure.

Part of LiteLLM's hook (config/litellm/admission.py); the twin goes by the same code.
"""

from __future__ import annotations

from typing import NamedTuple

QUOTA_WAIT = 0.5  # seconds for which a call may wait for quota: longer than that is no service
SETTLING = 1.0  # seconds in which refusals are one: what has begun before is refused, too
FORGOTTEN = 60.0  # seconds in which nobody had to wait: the pace is given up
BURST = 0.5  # seconds of the rate that may go through at once


class Manner(NamedTuple):
    """How a pace follows: a refusal leaves `cut` of it, but never less than `least`, a second adds `growth`.

    What went through before is averaged over `memory` seconds.
    """

    least: float
    cut: float
    growth: float
    memory: float


BY_QUOTA = Manner(least=300.0, cut=0.9, growth=0.02, memory=10.0)  # tokens: a usual request in five seconds


class Pace:
    """`rate` is of weight a second; None: whatever comes. `passed` is what came before, if it is known."""

    def __init__(self, manner: Manner, passed: float = 0.0) -> None:
        self.manner = manner
        self.rate: float | None = None
        self._passed = passed  # weight a second, on average
        self._seen_at: float | None = None
        self._free_at = 0.0
        self._cut_at = -SETTLING
        self._waited_at = 0.0

    def lets(self, weight: float, now: float) -> bool:
        """Whether this may begin now; then it has."""
        self._pass_time(now)
        if self.rate is not None:
            if self._free_at > now:
                return False
            self._free_at = max(self._free_at, now - BURST) + weight / self.rate
        self._passed += weight / self.manner.memory
        return True

    def free_in(self, now: float) -> float:
        """Seconds until the next may begin."""
        return 0.0 if self.rate is None else max(0.0, self._free_at - now)

    def kept_waiting(self, now: float) -> None:
        self._waited_at = now

    def refused(self, weight: float, now: float) -> None:
        """Something that had begun was refused: it was too much."""
        self._pass_time(now)
        self._passed = max(0.0, self._passed - weight / self.manner.memory)
        if now - self._cut_at >= SETTLING:
            reached = self._passed if self.rate is None else self.rate
            self.rate = max(self.manner.least, self.manner.cut * reached)
            self._cut_at = self._waited_at = now

    def _pass_time(self, now: float) -> None:
        seconds = 0.0 if self._seen_at is None else max(0.0, now - self._seen_at)
        self._seen_at = now
        self._passed *= max(0.0, 1.0 - seconds / self.manner.memory)
        if self.rate is not None:
            if now - self._cut_at > SETTLING:
                self.rate *= 1.0 + self.manner.growth * min(seconds, 1.0)
            if now - self._waited_at > FORGOTTEN:
                self.rate = None
