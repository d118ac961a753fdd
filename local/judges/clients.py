"""Clients in a closed loop: each asks, waits for the whole answer, and asks again at once.

Each keeps one connection. HTTP is spoken by hand, as in the stand-in and for the same reason.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from random import Random

from local.judges.mixture import Mixture, Wish


@dataclass(frozen=True)
class Answer:
    wish: Wish
    status: int
    """500 also for a stream that broke off with an error."""
    asked_at: float
    """Seconds of the event loop's clock, as the two below."""
    first_at: float
    """When the first piece of the answer came."""
    ended_at: float
    events: int
    """Pieces that a stream came in; 1 for a plain answer."""
    head: str = ""
    """Its first lines, with all headers, in small letters."""

    @property
    def seconds(self) -> float:
        return self.ended_at - self.asked_at

    @property
    def first_seconds(self) -> float:
        return self.first_at - self.asked_at

    @property
    def added_seconds(self) -> float:
        """How much later than the model by itself the answer was complete."""
        return self.seconds - self.wish.modelled.seconds

    @property
    def added_first_seconds(self) -> float:
        """How much later than the model by itself the first token came; of streams only."""
        modelled = self.wish.modelled
        return self.first_seconds - modelled.pace.first(modelled.input_tokens)


@dataclass(frozen=True)
class Door:
    """Where to ask and with which key."""

    host: str
    port: int
    key: str


class Clients:
    """`set_count` of them ask at any time; `tell` hears of every answer."""

    def __init__(self, door: Door, mixture: Mixture, tell: Callable[[Answer], None], seed: int = 1) -> None:
        self._door = door
        self._mixture = mixture
        self._tell = tell
        self._seed = seed
        self._tasks: list[asyncio.Task[None]] = []

    def set_count(self, count: int) -> None:
        while len(self._tasks) < count:
            chance = Random(1000 * self._seed + len(self._tasks))  # noqa: S311 - load, no secret
            self._tasks.append(asyncio.create_task(self._ask_again_and_again(chance)))
        while len(self._tasks) > count:
            self._tasks.pop().cancel()

    async def arrive(self, count: int, within_seconds: float) -> None:
        """Let more come until there are so many, one after the other, as a balancer opens connections.

        Those that are opened at one moment are all taken by one of LiteLLM's workers, and stay with it.
        """
        there = len(self._tasks)
        for arrived in range(there + 1, count + 1):
            self.set_count(arrived)
            await asyncio.sleep(within_seconds / (count - there))

    async def stop(self) -> None:
        """Cut every connection; what was being asked is not told."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask_again_and_again(self, chance: Random) -> None:
        async with _connection(self._door) as (reader, writer):
            while True:
                self._tell(await _ask(reader, writer, self._door, self._mixture.draw(chance)))


async def ask_once(door: Door, wish: Wish) -> Answer:
    """On a connection of its own."""
    async with _connection(door) as (reader, writer):
        return await _ask(reader, writer, door, wish)


@contextlib.asynccontextmanager
async def _connection(door: Door) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(door.host, door.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, door: Door, wish: Wish) -> Answer:
    now = asyncio.get_running_loop().time
    asked_at = now()
    body = json.dumps(wish.body()).encode()
    writer.write(
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: {door.host}\r\nAuthorization: Bearer {door.key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "transfer-encoding: chunked" not in head:
        length = int(head.partition("content-length:")[2].split("\r\n", 1)[0])
        await reader.readexactly(length)
        return Answer(wish, status, asked_at, now(), now(), 1, head)
    first_at, events = 0.0, 0
    async for piece in _chunks(reader):
        first_at = first_at or now()
        events += 1
        if piece.startswith(b'data: {"error"'):
            status = 500
    return Answer(wish, status, asked_at, first_at, now(), events, head)


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline(), 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
