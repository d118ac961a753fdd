"""Time passes in the running gateways, on the server's event loop, a little at each turn.

A turn takes no longer than its budget; who did not get their turn come first in the next one. A twin in which
nothing happens and which nobody uses is looked at every twenty simulated seconds only.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.gateways import registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.gateways.registry import Running
    from local.services.later import Later

TURN = 0.05  # real seconds
BUDGET = 0.01  # real seconds of a turn
IDLE_STEP = 20  # simulated seconds: the shortest period that anything is measured in


@dataclass
class Ticker:
    later: Later
    ticking: bool = False

    def wake(self) -> None:
        if not self.ticking:
            self.ticking = True
            self.later.call(TURN, self._turn)

    def _turn(self) -> None:
        try:
            pass_time()
        finally:
            self.ticking = bool(registry.every())
            if self.ticking:
                self.later.call(TURN, self._turn)


def pass_time(stopwatch: Callable[[], float] = time.monotonic) -> None:
    """Take those that are due to the present, the longest unseen first, until the budget is spent."""
    end = stopwatch() + BUDGET
    for entry in sorted(registry.every(), key=lambda entry: entry.looked_at):
        if _is_due(entry):
            _advance(entry)
            if stopwatch() > end:
                return


def _is_due(entry: Running) -> bool:
    if registry.is_due(entry):
        return True
    gateway = entry.gateway
    if gateway is None:
        return False
    moment = registry.now()
    step = 1 if gateway.users.count or gateway.broken() else IDLE_STEP
    return moment // step > entry.looked_at // step


def _advance(entry: Running) -> None:
    """One gateway that cannot go on must not hold the others up."""
    try:
        registry.advance(entry)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told where the loop's errors are
        told = {"message": f"{entry.place.cluster} did not advance", "exception": error}
        asyncio.get_running_loop().call_exception_handler(told)


def install(later: Later) -> None:
    registry.on_start(Ticker(later).wake)
