"""Everything that waits in an execution waits here: in simulated seconds, until it is stopped.

Each execution, and each run of a Parallel state within it, has a scope. Closing a scope ends at once what
waits in it and in the scopes below it. The scope travels with the context variables that MiniStack copies
into its threads.
"""

import threading
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from ministack.services import stepfunctions

from local.clock import Clock


class StoppedError(Exception):
    """The scope was closed while something waited in it: nothing may be caught or retried any more."""


class Scope:
    def __init__(self, parent: "Scope | None" = None) -> None:
        self._closed = threading.Event()
        self._below: list[Scope] = []
        self._waiting: set[threading.Event] = set()
        self._lock = threading.Lock()
        if parent is not None:
            parent._adopt(self)

    def close(self) -> None:
        with self._lock:
            self._closed.set()
            waiting, below = list(self._waiting), list(self._below)
        for event in waiting:
            event.set()
        for scope in below:
            scope.close()

    def check(self) -> None:
        if self._closed.is_set():
            raise StoppedError

    def wait(self, event: threading.Event, real_seconds: float | None) -> bool:
        """Has the event come in time? Raises StoppedError if the scope was closed first."""
        with self._lock:
            self._waiting.add(event)
        try:
            self.check()
            came = event.wait(real_seconds)
            self.check()
            return came
        finally:
            with self._lock:
                self._waiting.discard(event)

    def _adopt(self, scope: "Scope") -> None:
        with self._lock:
            self._below.append(scope)
            closed = self._closed.is_set()
        if closed:
            scope.close()


_scope: ContextVar[Scope | None] = ContextVar("stargate_workflow_scope", default=None)
_clock: list[Clock] = []


def current() -> Scope:
    scope = _scope.get()
    if scope is None:
        scope = Scope()
        _scope.set(scope)
    return scope


def within(scope: Scope, run: Callable[[], Any]) -> Any:
    """Run with `scope` as the current one."""
    before = _scope.set(scope)
    try:
        return run()
    finally:
        _scope.reset(before)


def real(simulated: float) -> float:
    return _clock[0].real_seconds(simulated)


def pause(simulated: float) -> None:
    if simulated > 0:
        current().wait(threading.Event(), real(simulated))


def install(clock: Clock) -> None:
    _clock[:] = [clock]
    stepfunctions._scaled_sleep = pause
    stepfunctions._sleep_until = _pause_until


def _pause_until(timestamp: str) -> None:
    pause((datetime.fromisoformat(timestamp) - datetime.now(UTC)).total_seconds())
