"""How long a retrier waits before its next attempt, as Amazon States Language says."""

import random
from typing import Any

_DEFAULT_INTERVAL = 1
_DEFAULT_BACKOFF = 2.0


def delay(retrier: dict[str, Any], already: int, chance: random.Random) -> float:
    """Seconds before the retry that follows `already` earlier ones of the same retrier."""
    grown = (
        retrier.get("IntervalSeconds", _DEFAULT_INTERVAL)
        * retrier.get("BackoffRate", _DEFAULT_BACKOFF) ** already
    )
    bounded = min(grown, retrier.get("MaxDelaySeconds", grown))
    if retrier.get("JitterStrategy") == "FULL":
        return chance.uniform(0, bounded)
    return float(bounded)
