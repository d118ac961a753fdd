"""What a gateway's distribution answers: no container runs here, so its twin says who would.

A function's HTTPS leads here (inside_functions/outward.py). The balancer's routes are played as the templates
set them, each for as many targets as its service has healthy: with none, the answer is the balancer's 503.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ministack.core.responses import request_scope

from local import control, firewall
from local.cloudformation.types.cloudfront import comment_of
from local.firewall import Caller
from local.gateways import processes, registry
from local.inside.services import Request

if TYPE_CHECKING:
    from local.control import Application, Message, Receive, Send
    from local.gateways.registry import Running

DOMAINS = ".cloudfront.net"
FROM = "x-stargate-from"  # whose request it is: each function has an address of its own
DATABASE_PATHS = frozenset({"/grafana/api/health", "/api/public/health"})
Reply = tuple[int, str, str]  # status, where a redirect leads, body


def wrap(application: Application) -> Application:
    """The same ASGI application, with the gateways' front doors before it."""

    async def doors(scope: Message, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        domain = headers.get("host", "").split(":")[0]
        if not domain.endswith(DOMAINS):
            await application(scope, receive, send)
            return
        caller = Caller(headers.get(FROM, "elsewhere"), scope["path"], headers)
        if _is_blocked(domain, caller):
            await _answer(send, (403, "", "Request blocked."))
            return
        process = _process(domain, scope["path"])
        if process is not None:
            request = Request(scope["method"], control.target(scope), headers, await control.read(receive))
            await processes.forward(process, request, send)
            return
        await _answer(send, reply(domain, scope["path"], has_key="authorization" in headers))

    return doors


def _process(domain: str, path: str) -> str | None:
    """The real process that answers in the place of the service's tasks, while one of them is healthy."""
    behind, service = _behind(domain), service_of(path)
    if behind is None or processes.serving(behind.place, service) is None:
        return None
    with registry.lock:
        registry.advance(behind)
        known = service in behind.fleet.services()
        healthy = known and bool(behind.fleet.serving(service))
    return processes.serving(behind.place, service) if healthy else None


def _headers(scope: Message) -> dict[str, str]:
    """By their names in lower case."""
    listed = scope["headers"] if scope["type"] == "http" else ()
    return {name.decode().lower(): value.decode() for name, value in listed}


def _is_blocked(domain: str, caller: Caller) -> bool:
    behind = _behind(domain)
    if behind is None:
        return False
    with request_scope(behind.place.account, behind.place.region):
        return firewall.blocks(domain, caller)


def reply(domain: str, path: str, *, has_key: bool) -> Reply:
    """What a GET answers now."""
    behind = _behind(domain)
    if behind is None:
        return 502, "", "no gateway runs behind this distribution"
    service = service_of(path)
    if path == "/langfuse" or path.startswith("/langfuse/"):
        return 302, f"https://{domain}:443/", ""  # the balancer's own answer, whoever is well
    with registry.lock:
        registry.advance(behind)
        known = service in behind.fleet.services()
        serving = len(behind.fleet.serving(service)) if known else 0
        answers = behind.gateway.answers.at(registry.now(), behind.fleet) if behind.gateway else {}
    if not serving:
        return 503, "", f"no target of {service} is healthy"
    needs_database = path in DATABASE_PATHS or (path.startswith("/v1/") and has_key)
    if needs_database and answers.get(service):
        return int(answers[service].split()[0]), "", "the database is not to be had"
    return _of_service(path, has_key=has_key)


def service_of(path: str) -> str:
    """Who is asked, by the balancer's rules."""
    if path.startswith("/v1/") or path == "/health/liveliness":
        return "litellm"
    return "grafana" if path == "/grafana" or path.startswith("/grafana/") else "langfuse"


def _of_service(path: str, *, has_key: bool) -> Reply:
    if path.startswith("/v1/"):
        return (501, "", "a twin serves no model") if has_key else (401, "", "No api key passed in.")
    if path == "/grafana/metrics":
        return 404, "", "Not found"
    return 200, "", json.dumps({"status": "ok"})


def _behind(domain: str) -> Running | None:
    for entry in registry.every():
        place = entry.place
        with request_scope(place.account, place.region):
            if comment_of(domain) == place.cluster:
                return entry
    return None


async def _answer(send: Send, told: Reply) -> None:
    status, location, text = told
    body = text.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    if location:
        headers.append((b"location", location.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
