"""JSONata's guard against endless expressions counts computing, and computing is not compressed."""

import time

from jsonata.timebox import Timebox


def install() -> None:
    Timebox.current_milli_time = staticmethod(lambda: int(time.monotonic() * 1000))
