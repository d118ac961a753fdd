"""Ask a front door as fast as a few connections can, until it refuses."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from typing import TYPE_CHECKING

from stargate.adapters.clock import Stopwatch, pause
from stargate.adapters.gateway.front_door import HEADERS, HttpsFrontDoor
from stargate.domain.gateway.rate_limit import BLOCKED, Trial

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPConnection

CONNECTIONS = 16
STEP_SECONDS = 8.0
BEAT_SECONDS = 1.0  # between questions, once enough were asked


def _https(host: str) -> HTTPConnection:
    return HTTPSConnection(host, timeout=STEP_SECONDS)


@dataclass
class _Tally:
    """What all connections share."""

    asked: int = 0
    last: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: int) -> None:
        with self.lock:
            self.asked += 1
            if self.last != BLOCKED:
                self.last = status

    @property
    def blocked(self) -> bool:
        return self.last == BLOCKED


@dataclass(frozen=True)
class HttpsFlood:
    connect: Callable[[str], HTTPConnection] = _https
    beat: float = BEAT_SECONDS

    def __call__(self, domain: str, path: str, enough: int, patience: float) -> Trial:
        first = HttpsFrontDoor().ask(domain, path)
        if first.status != 200:
            return Trial(first.status, 1, first.seconds, first.status, first.words)
        watch, tally = Stopwatch(), _Tally(1, first.status)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for _ in range(CONNECTIONS):
                pool.submit(self._ask_on, domain, path, enough, tally)
        while not tally.blocked and watch.seconds() < patience:
            pause(self.beat)
            self._ask_on(domain, path, tally.asked + 1, tally)
        return Trial(first.status, tally.asked, watch.seconds(), tally.last)

    def _ask_on(self, domain: str, path: str, until: int, tally: _Tally) -> None:
        """On one connection, made anew when it breaks; a request that breaks counts as asked."""
        connection = self.connect(domain)
        while tally.asked < until and not tally.blocked:
            try:
                connection.request("GET", path, headers=HEADERS)
                answer = connection.getresponse()
                answer.read()
                tally.note(answer.status)
            except (OSError, HTTPException):
                tally.note(0)
                connection.close()
        connection.close()
