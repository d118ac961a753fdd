"""Where a function's question to a task arrives: who it is for, and the answer on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local import control
from local.gateways import processes, registry
from local.inside import services, virtual_keys
from local.inside.tasks import addressed, place_of

if TYPE_CHECKING:
    from local.control import Application, Message, Receive, Send

NAME_HEADER = b"x-stargate-name"


def install() -> None:
    virtual_keys.install()
    control.route("POST", f"{control.PREFIX}inside", find)


def find(order: dict[str, Any]) -> dict[str, Any]:
    """{"name"}: its addresses as Cloud Map has them, and whether somebody listens there."""
    service, entry = place_of(order["name"])
    if entry is None:
        return {"addresses": {}}
    with registry.lock:
        registry.advance(entry)
        tasks = addressed(entry, service)
    return {"addresses": {address: task.healthy_at is not None for address, task in tasks.items()}}


def wrap(application: Application) -> Application:
    """The same ASGI application, with the environments' services before it."""

    async def inside(scope: Message, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        if NAME_HEADER not in headers:
            await application(scope, receive, send)
            return
        given = {name.decode().lower(): value.decode() for name, value in headers.items()}
        request = services.Request(scope["method"], control.target(scope), given, await control.read(receive))
        name = headers[NAME_HEADER].decode()
        process = _process(name, request)
        if process is not None:
            await processes.forward(process, request, send)
            return
        await _answer(send, reply(name, request))

    return inside


def _process(name: str, request: services.Request) -> str | None:
    """The real VictoriaMetrics, while its task is healthy. LiteLLM stays the twin's: it has no database."""
    service, entry = place_of(name)
    if entry is None or service != "victoria-metrics":
        return None
    with registry.lock:
        registry.advance(entry)
        task = addressed(entry, service).get(request.headers["host"].partition(":")[0])
    healthy = task is not None and task.healthy_at is not None
    return processes.serving(entry.place, service) if healthy else None


def reply(name: str, request: services.Request) -> services.Answer:
    """Of the task whose address is the request's host."""
    service, entry = place_of(name)
    address = request.headers["host"].partition(":")[0]
    if entry is not None:
        with registry.lock:
            registry.advance(entry)
            task = addressed(entry, service).get(address)
            if task is not None:
                return services.answer(entry, service, task, request)
    return services.Answer(504, {"message": "it has gone meanwhile"})


async def _answer(send: Send, told: services.Answer) -> None:
    body = told.body()
    own = {"Content-Type": "application/json", "Content-Length": str(len(body)), **told.headers}
    headers = [(name.lower().encode(), value.encode()) for name, value in own.items()]
    await send({"type": "http.response.start", "status": told.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
