"""No more functions compute at once than this machine can bear.

A burst of invocations would start as many Python processes at the same time, and on a laptop they would all
be slow enough to run into their time-outs, be tried again and be slower still. So an invocation waits for its
turn and then mostly finds a warm process. AWS has no such limit; nobody but a stopwatch sees the difference.
Twice as many as there are processors have a turn, or as many as STARGATE_FUNCTIONS_AT_ONCE says: a function
that AWS throttles keeps its turn while it pauses, and computes nothing.

What somebody waits for goes ahead of the crowd. A person is kept waiting by nothing that runs behind. A
function that waits for another one's answer has a turn already: if that one had to wait too, both might for
ever.

What waits for its turn does not run yet: it counts towards nobody's concurrency, and its duration has not
begun. Otherwise a crowd would be throttled for invocations that on AWS were long over.
"""

import os
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import lambda_svc

from local import control

VARIABLE = "STARGATE_FUNCTIONS_AT_ONCE"
_LONGEST_WAIT = 120.0
"""Real seconds after which an invocation goes ahead all the same: whatever holds the turns does not end."""

_awaited: ContextVar[bool] = ContextVar("stargate_awaited_invocation", default=False)
_has_turn: ContextVar[bool] = ContextVar("stargate_invocation_has_turn", default=False)


API, INVOCATIONS = "/_user_request_", "/invocations"  # in the path of what is asked of an API, of a function


class Turns:
    def __init__(self, at_once: int, longest_wait: float = _LONGEST_WAIT) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._longest_wait = longest_wait

    def taken_by(self, execute: Callable[..., Any]) -> Callable[..., Any]:
        """The same, for as long in a turn of its own; MiniStack calls it again within itself."""

        def in_turn(*arguments: Any) -> Any:
            if _awaited.get() or _has_turn.get():
                return execute(*arguments)
            was_free = self._free.acquire(timeout=self._longest_wait)
            token = _has_turn.set(True)
            try:
                return execute(*arguments)
            finally:
                _has_turn.reset(token)
                if was_free:
                    self._free.release()

        return in_turn


def install() -> None:
    turns = Turns(int(os.environ.get(VARIABLE) or 2 * (os.cpu_count() or 2)))
    lambda_svc._execute_function = turns.taken_by(lambda_svc._execute_function)


def wrap(application: control.Application) -> control.Application:
    """The same application; of each request it is known whether somebody waits for a function's answer."""

    async def knowing(scope: control.Message, receive: control.Receive, send: control.Send) -> None:
        token = _awaited.set(_is_awaited(scope))
        try:
            await application(scope, receive, send)
        finally:
            _awaited.reset(token)

    return knowing


def _is_awaited(scope: control.Message) -> bool:
    """By a person at the API, or by whoever invokes a function and does not just leave it an event."""
    if scope["type"] != "http":
        return False
    if API in scope["path"]:
        return True
    is_event = dict(scope["headers"]).get(b"x-amz-invocation-type") == b"Event"
    return bool(scope["path"].endswith(INVOCATIONS)) and not is_event
