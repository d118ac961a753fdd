"""What LiteLLM calls out to, on one loopback port: Bedrock, the configuration bucket, Langfuse's intake.

`python -m local.judges.stand_in PORT FOLDER` serves FOLDER as S3 would a bucket's objects
(`/<bucket>/<path>`). HTTP is spoken by hand: a load run counts what the server under test costs, so this
must cost little.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from local.judges.converse import Request, converse, converse_stream, read
from local.judges.pace import PACES
from local.twin.quota import Bucket, Quota

BURNDOWN = 5.0  # tokens of a quota that one of an answer counts
NO_MATTER = 1_000_000.0  # requests a minute: tokens run out long before

_REASONS = {200: "OK", 207: "Multi-Status", 404: "Not Found", 429: "Too Many Requests"}
_TOO_MANY = b'{"message": "Too many tokens, please wait before trying again."}'
_NO_SUCH_KEY = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"


@dataclass(frozen=True)
class Ask:
    method: str
    path: str
    """As sent: a model's id may be an ARN, with its slash encoded."""
    body: bytes


@dataclass(frozen=True)
class Whole:
    status: int
    kind: str
    body: bytes
    fault: str = ""
    """The error's name, by which AWS's clients know it."""


class StandIn:
    """One server; `folder` is what its bucket holds.

    A prompt that begins with `throttle` is refused as Bedrock refuses what is beyond a quota, and so is what
    is beyond one that was set: POST /quota with {"model": "sonnet", "tokens_per_minute": …}. It begins empty.
    GET /seen tells how many requests each path has had, a model's ARN among them, GET /refused how many of
    each model were.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._quotas: dict[str, Bucket] = {}

    async def pass_time(self) -> None:
        """Have the quotas fill."""
        while True:
            await asyncio.sleep(1.0)
            for bucket in self._quotas.values():
                bucket.fill()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until the other side closes it."""
        try:
            while True:
                await self._answer(await _read(reader), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, ask: Ask, writer: asyncio.StreamWriter) -> None:
        self._seen[unquote(ask.path)] += 1
        if ask.path == "/seen":
            await _send(writer, _document(200, self._seen))
        elif ask.path == "/refused":
            await _send(writer, _document(200, self._refused))
        elif ask.path == "/quota":
            self._hold(**json.loads(ask.body))
            await _send(writer, _document(200, {}))
        elif ask.method == "POST" and ask.path.startswith("/model/"):
            await self._ask_model(ask, writer)
        elif ask.method == "POST" and ask.path == "/api/public/ingestion":
            await _send(writer, _document(207, {"successes": [], "errors": []}))
        else:
            await _send(writer, self._object(ask.path))

    async def _ask_model(self, ask: Ask, writer: asyncio.StreamWriter) -> None:
        _, _, model_id, operation = ask.path.split("/")
        body = json.loads(ask.body)
        request = read(unquote(model_id), body)
        model = next(name for name in PACES if name in unquote(model_id))
        throttled = body["messages"][0]["content"][0]["text"].startswith("throttle")
        if throttled or not self._lets(model, request):
            self._refused[model] += 1
            await _send(writer, Whole(429, "application/json", _TOO_MANY, fault="ThrottlingException"))
            return
        if operation == "converse-stream":
            await _send_stream(writer, converse_stream(request))
        else:
            await _send(writer, _document(200, await converse(request)))
        if model in self._quotas:
            self._quotas[model].settle(-(BURNDOWN - 1.0) * request.output_tokens)

    def _hold(self, model: str, tokens_per_minute: float) -> None:
        bucket = Bucket(Quota(NO_MATTER, tokens_per_minute))
        bucket.settle(-tokens_per_minute)
        self._quotas[model] = bucket

    def _lets(self, model: str, request: Request) -> bool:
        """Bedrock takes what an answer may have at most. Here each has it, and counts more at its end."""
        bucket = self._quotas.get(model)
        return bucket is None or bucket.take_all(1, request.input_tokens + request.output_tokens)

    def _object(self, path: str) -> Whole:
        _, _, key = unquote(path).removeprefix("/").partition("/")
        file = self._folder / key
        if not file.is_file():
            return Whole(404, "application/xml", _NO_SUCH_KEY)
        return Whole(200, "binary/octet-stream", file.read_bytes())


async def _read(reader: asyncio.StreamReader) -> Ask:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Ask(method, urlsplit(target).path, body)


def _document(status: int, content: Mapping[str, object]) -> Whole:
    return Whole(status, "application/json", json.dumps(content).encode())


async def _send(writer: asyncio.StreamWriter, whole: Whole) -> None:
    fault = f"x-amzn-ErrorType: {whole.fault}\r\n" if whole.fault else ""
    head = (
        f"HTTP/1.1 {whole.status} {_REASONS[whole.status]}\r\n"
        f"Content-Type: {whole.kind}\r\n{fault}Content-Length: {len(whole.body)}\r\n\r\n"
    )
    writer.write(head.encode() + whole.body)
    await writer.drain()


async def _send_stream(writer: asyncio.StreamWriter, pieces: AsyncIterator[bytes]) -> None:
    kind = b"Content-Type: application/vnd.amazon.eventstream\r\n"
    writer.write(b"HTTP/1.1 200 OK\r\n" + kind + b"Transfer-Encoding: chunked\r\n\r\n")
    async for piece in pieces:
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _main(port: int, folder: Path) -> None:
    stand_in = StandIn(folder)
    server = await asyncio.start_server(stand_in.serve, "127.0.0.1", port)
    async with server, asyncio.TaskGroup() as group:
        group.create_task(stand_in.pass_time())
        group.create_task(server.serve_forever())


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), Path(sys.argv[2])))
