"""No more functions compute at once than this machine can bear.

A burst of invocations would start as many Python processes at the same time, and on a laptop they would all
be slow enough to run into their time-outs. So an invocation waits for its turn and then mostly finds a warm
process. AWS has no such limit; nobody but a stopwatch sees the difference.
"""

import os
import threading
from typing import Any, Final

from ministack.services import lambda_svc

_LONGEST_TURN = 20.0
"""Real seconds after which an invocation goes ahead all the same: it may wait for one that has a turn."""


def install() -> None:
    turns = threading.BoundedSemaphore(2 * (os.cpu_count() or 2))
    dispatch = lambda_svc._execute_function_dispatch
    schedules = _Schedules()

    def dispatch_in_turn(function: Any, config: Any, event: Any, *more: Any) -> Any:
        schedule = _schedule_of(event)
        if not schedules.begin(schedule):
            return dict(_LEFT_OUT)
        has_turn = turns.acquire(timeout=_LONGEST_TURN)
        try:
            return dispatch(function, config, event, *more)
        finally:
            schedules.end(schedule)
            if has_turn:
                turns.release()

    lambda_svc._execute_function_dispatch = dispatch_in_turn


_LEFT_OUT: Final = {"body": None, "log": ""}
"""What MiniStack takes for an invocation that went well and said nothing."""


class _Schedules:
    """Which schedules' functions are at work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_work: set[str] = set()

    def begin(self, schedule: str) -> bool:
        """False if its function is still at the last one; what comes from no schedule always begins."""
        with self._lock:
            if schedule in self._at_work:
                return False
            if schedule:
                self._at_work.add(schedule)
            return True

    def end(self, schedule: str) -> None:
        with self._lock:
            self._at_work.discard(schedule)


def _schedule_of(event: Any) -> str:
    """The ARN of the rule whose schedule this event is of, or nothing."""
    scheduled = isinstance(event, dict) and event.get("detail-type") == "Scheduled Event"
    return str(event["resources"][0]) if scheduled and event.get("resources") else ""
