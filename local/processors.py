"""No more functions compute at once than this machine can bear.

A burst of invocations would start as many Python processes at the same time, and on a laptop they would all
be slow enough to run into their time-outs. So an invocation waits for its turn and then mostly finds a warm
process. AWS has no such limit; nobody but a stopwatch sees the difference.
"""

import os
import threading
from typing import Any

from ministack.services import lambda_svc

_LONGEST_TURN = 20.0
"""Real seconds after which an invocation goes ahead all the same: it may wait for one that has a turn."""


def install() -> None:
    turns = threading.BoundedSemaphore(2 * (os.cpu_count() or 2))
    dispatch = lambda_svc._execute_function_dispatch

    def dispatch_in_turn(*arguments: Any) -> Any:
        has_turn = turns.acquire(timeout=_LONGEST_TURN)
        try:
            return dispatch(*arguments)
        finally:
            if has_turn:
                turns.release()

    lambda_svc._execute_function_dispatch = dispatch_in_turn
