"""Whoever comes waits here until the keeper lets them in, or their patience is at its end."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

LOOKS_EVERY = 0.01  # seconds


class Keeper(Protocol):
    """A pace, or a worker's lateness."""

    def lets(self, weight: float, now: float) -> bool:
        """Whether this may begin now; then it has."""

    def free_in(self, now: float) -> float:
        """Seconds until the next may begin."""

    def kept_waiting(self, now: float) -> None:
        """Somebody waits."""


class Waiting(NamedTuple):
    weight: float
    told: asyncio.Future[None]


class Door:
    """Lets in by its keeper, the newest first; who has waited for `patience` seconds is not let in.

    The newest, because they can still be served in time: in turn, everybody would come too late.
    """

    def __init__(self, keeper: Keeper, patience: float, now: Callable[[], float] = time.monotonic) -> None:
        self.keeper = keeper
        self.patience = patience
        self._now = now
        self._waiting: list[Waiting] = []
        self._opener: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_open(self) -> bool:
        return not self._waiting and self.keeper.free_in(self._now()) == 0.0

    async def enter(self, weight: float) -> bool:
        if not self._waiting and self.keeper.lets(weight, self._now()):
            return True
        self.keeper.kept_waiting(self._now())
        one = Waiting(weight, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._opener is None or self._opener.done():
            self._opener = asyncio.create_task(self._open())
        try:
            async with asyncio.timeout(self.patience):
                await one.told
        except TimeoutError:
            return False
        finally:
            if one in self._waiting:
                self._waiting.remove(one)
        return True

    async def _open(self) -> None:
        while self._waiting:
            await asyncio.sleep(max(LOOKS_EVERY, self.keeper.free_in(self._now())))
            while self._waiting and self.keeper.lets(self._waiting[-1].weight, self._now()):
                one = self._waiting.pop()
                if not one.told.done():
                    one.told.set_result(None)
