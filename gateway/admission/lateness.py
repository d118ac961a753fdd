"""Whether a worker keeps up: how late its event loop comes back to whoever waits for it. Pure.

A worker is one thread, so all that is under way waits in one line. When that line is long nobody more is let
in; then one by one, so that each is felt before the next. A few are let in all the same: what makes the loop
late may be no request of ours.
"""

from __future__ import annotations

LONGEST_PARKED = 30.0  # seconds for which a request may wait for its worker
TICK = 0.02  # seconds between two looks
LATE = 0.1  # seconds: an event loop that late has too much to do
MEMORY = 0.2  # seconds that are averaged
WARY = 1.0  # seconds for which one by one are let in after it was late
AT_LEAST_EVERY = 0.2  # seconds: one is let in, however late it is


class Lateness:
    """`seconds` is how late it was of late."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._late_at = -WARY
        self._let_at = -AT_LEAST_EVERY
        self._one_is_in = False

    def seen(self, late: float, now: float) -> None:
        """By so much did a look come too late."""
        self.seconds += min(1.0, (TICK + late) / MEMORY) * (late - self.seconds)
        self._one_is_in = False
        if self.seconds > LATE:
            self._late_at = now

    def lets(self, _weight: float, now: float) -> bool:
        due = now - self._let_at >= AT_LEAST_EVERY
        if not due and now - self._late_at < WARY and (self._one_is_in or self.seconds > LATE):
            return False
        self._let_at, self._one_is_in = now, True
        return True

    def free_in(self, now: float) -> float:
        return TICK if now - self._late_at < WARY else 0.0

    def kept_waiting(self, now: float) -> None:
        """It goes by what it sees."""
