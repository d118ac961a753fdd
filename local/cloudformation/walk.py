"""Work through a graph of resources: each starts as soon as all that it waits for is done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from collections.abc import Set as AbstractSet


async def walk(
    waits_for: Mapping[str, AbstractSet[str]],
    work: Callable[[str], Awaitable[bool]],
    *,
    stop_at_failure: bool,
) -> dict[str, bool]:
    """Run `work` on each name; answers who did well. Names that wait for a failed one are never started.

    With `stop_at_failure` the first failure cancels the work that is under way (it sees CancelledError and
    answers False) and starts nothing more.
    """
    outcome: dict[str, bool] = {}
    running: dict[asyncio.Task[bool], str] = {}
    waiting = set(waits_for)
    try:
        while True:
            if not (stop_at_failure and False in outcome.values()):
                ready = sorted(n for n in waiting if all(outcome.get(need) for need in waits_for[n]))
                waiting.difference_update(ready)
                running |= {asyncio.create_task(_answer(work, name)): name for name in ready}
            if not running:
                return outcome
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                outcome[running.pop(task)] = task.result()
            if stop_at_failure and False in outcome.values():
                for task in running:
                    task.cancel()
    except asyncio.CancelledError:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        raise


async def _answer(work: Callable[[str], Awaitable[bool]], name: str) -> bool:
    try:
        return await work(name)
    except asyncio.CancelledError:
        return False
