"""The one place where the product reads the time."""

from __future__ import annotations

import time


class SystemClock:
    def now(self) -> float:
        return time.time()
