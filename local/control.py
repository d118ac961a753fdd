"""The local cloud's own HTTP control, under /_stargate/: what no AWS API could tell or do."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Handler = Callable[[dict[str, Any]], dict[str, Any]]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

PREFIX = "/_stargate/"


class RefusedError(Exception):
    """A request that cannot be followed, with every fault in it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


_routes: dict[tuple[str, str], Handler] = {}


def route(method: str, path: str, handler: Handler) -> None:
    """Answer `method path` with the JSON document that `handler` makes of the request's document."""
    if not path.startswith(PREFIX):
        raise ValueError(f"{path} does not begin with {PREFIX}")
    _routes[method, path] = handler


def wrap(application: Application) -> Application:
    """The same ASGI application, with the control endpoint in front."""

    async def controlled(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await application(scope, receive, send)
            return
        await _answer(send, *_call(scope["method"], scope["path"], await read(receive)))

    return controlled


def _call(method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    handler = _routes.get((method, path))
    if handler is None:
        return 404, {"message": f"no {method} {path}", "routes": sorted(" ".join(key) for key in _routes)}
    try:
        document = json.loads(body) if body else {}
        return 200, handler(document)
    except RefusedError as refused:
        return 400, {"message": str(refused), "faults": refused.faults}
    except (ValueError, KeyError, TypeError) as fault:
        return 400, {"message": f"{type(fault).__name__}: {fault}"}


def target(scope: Message) -> str:
    """Path and query of a request, as they came."""
    path, query = scope["raw_path"].decode(), scope["query_string"].decode()
    return f"{path}?{query}" if query else path


async def read(receive: Receive) -> bytes:
    """The whole body of a request."""
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def _answer(send: Send, status: int, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
