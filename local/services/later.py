"""Do something later, on the server's event loop, for the account and region that asked."""

from __future__ import annotations

import asyncio
import contextvars
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Later:
    """MiniStack serves some requests on threads of their own: the loop is noted whenever one passes by it."""

    loop: asyncio.AbstractEventLoop | None = None

    def note_loop(self) -> None:
        self.loop = asyncio.get_running_loop()

    def call(self, real_seconds: float, act: Callable[..., object], *args: Any) -> None:
        if self.loop is None:
            self.note_loop()
        assert self.loop is not None  # noqa: S101 - tells the type checker
        context = contextvars.copy_context()
        self.loop.call_soon_threadsafe(self.loop.call_later, real_seconds, lambda: context.run(act, *args))
