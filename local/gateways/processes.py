"""Real processes in the place of a twin's tasks: LiteLLM behind the front door, VictoriaMetrics inside.

Whether a service answers at all stays the twin's to say: a process is asked while a task of its service is
healthy. It lives in real time, whatever the clock of the local cloud.
"""

from __future__ import annotations

import asyncio
import http.client
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local import control
from local.gateways.control import addressed, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.control import Send
    from local.gateways.registry import Place
    from local.inside.services import Request

SERVICES = ("litellm", "victoria-metrics")
ON_THIS_MACHINE = ("127.0.0.1", "localhost")
PATIENCE = 120.0  # real seconds of silence, as CloudFront has it
CHUNK = 65_536
# Of one connection only, or of the local cloud only: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
NOT_PASSED_ON = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "x-stargate-from"}
)

_serving: dict[tuple[Place, str], str] = {}


def install() -> None:
    _serving.clear()
    control.route("POST", f"{control.PREFIX}serve", serve)


def serve(order: dict[str, Any]) -> dict[str, Any]:
    """{"environment", "service", "url"}: that process answers for the service; the twin again with null."""
    entry, _, faults = addressed(order, {"service", "url"})
    service, url = order.get("service"), order.get("url")
    if service not in SERVICES:
        faults.append(f"service must be one of {', '.join(SERVICES)}, not {service!r}")
    if url is not None and not _is_here(url):
        faults.append(f"url must be null, or http:// with a port of this machine, not {url!r}")
    refuse(faults)
    if url is None:
        _serving.pop((entry.place, str(service)), None)
    else:
        _serving[entry.place, str(service)] = str(url)
    return {"serving": {name: url for (place, name), url in _serving.items() if place == entry.place}}


def serving(place: Place, service: str) -> str | None:
    return _serving.get((place, service))


def _is_here(url: object) -> bool:
    parts = urlsplit(str(url))
    return parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE and parts.port is not None


async def forward(url: str, request: Request, send: Send) -> None:
    """Ask the process, and pass on what it says as it says it; 502 where it says nothing."""
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def say(message: dict[str, Any]) -> None:
        loop.call_soon_threadsafe(told.put_nowait, message)

    asking = loop.run_in_executor(None, _ask, url, request, say)
    more = True
    while more:
        message = await told.get()
        await send(message)
        more = message["type"] == "http.response.start" or message["more_body"]
    await asking


def _ask(url: str, request: Request, say: Any) -> None:
    begun = False
    try:
        for message in _answer(url, request):
            say(message)
            begun = True
    except (OSError, http.client.HTTPException):
        if not begun:
            say({"type": "http.response.start", "status": 502, "headers": []})
    say({"type": "http.response.body", "body": b"", "more_body": False})


def _answer(url: str, request: Request) -> Iterator[dict[str, Any]]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE)
    headers = {name: value for name, value in request.headers.items() if name not in NOT_PASSED_ON}
    try:
        connection.request(request.method, request.target, request.body, headers)
        answer = connection.getresponse()
        passed = [
            (name.lower().encode(), value.encode())
            for name, value in answer.getheaders()
            if name.lower() not in NOT_PASSED_ON
        ]
        yield {"type": "http.response.start", "status": answer.status, "headers": passed}
        while chunk := answer.read1(CHUNK):
            yield {"type": "http.response.body", "body": chunk, "more_body": True}
    finally:
        connection.close()
