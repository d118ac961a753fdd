"""Waiting for something that comes about by itself."""

import threading
import time
from collections.abc import Callable

_never = threading.Event()


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    """Ask again until it holds; False if it does not within the time."""
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            return False
        _never.wait(0.5)
    return True
