"""What happened in the local cloud at which real moment, for whoever holds a stopwatch to it.

Simulated time runs too fast to measure computing by it, so moments are seconds of this machine's monotonic
clock, which all its processes share. An event is noted as it comes onto the bus, an invocation from its
request to its answer, and a call of an AWS API from its arrival to its last byte. A call carries the trace of
the invocation that made it (AWS's header X-Amzn-Trace-Id), so each is known to belong to which.
"""

import time
from collections import deque
from contextvars import ContextVar
from typing import Any

from ministack.services import eventbridge, lambda_svc

from local import control

REMEMBERED = 20_000
_events: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
_invocations: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
_calls: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
_running: ContextVar[dict[str, Any] | None] = ContextVar("stargate_running_invocation", default=None)
_KEYS = ("id", "action_id")
"""What tells one payload from another: an event's id, or that of the action a workflow works on."""


def install() -> None:
    """After all others that wrap the same names: what they cost is part of what is measured."""
    _note_events()
    _note_invocations()
    written = {"events": _events, "invocations": _invocations, "calls": _calls}
    control.route(
        "GET", "/_stargate/journal", lambda _: {name: list(notes) for name, notes in written.items()}
    )


def wrap(application: control.Application) -> control.Application:
    """The same ASGI application, with each call of an AWS API noted that an invocation makes."""

    async def noting(scope: control.Message, receive: control.Receive, send: control.Send) -> None:
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        trace = headers.get(b"x-amzn-trace-id")
        if trace is None:
            await application(scope, receive, send)
            return
        began = time.monotonic()
        await application(scope, receive, send)
        operation = _operation(scope["path"], headers)
        _calls.append(
            {"operation": operation, "trace": trace.decode(), "began": began, "ended": time.monotonic()}
        )

    return noting


def _operation(path: str, headers: dict[bytes, bytes]) -> str:
    """By the header of the JSON protocols, or by the path of those that name it there."""
    target = headers.get(b"x-amz-target", b"").decode()
    return (target or path).rsplit("/", 1)[-1].rsplit(".", 1)[-1]


def _note_events() -> None:
    deliver = eventbridge._dispatch_event

    def note_and_deliver(event: dict[str, Any], view: Any = None) -> None:
        _events.append({"id": event["EventId"], "source": event["Source"], "at": time.monotonic()})
        deliver(event, view)

    eventbridge._dispatch_event = note_and_deliver


def _note_invocations() -> None:
    dispatch = lambda_svc._execute_function_dispatch
    trace_of = lambda_svc._xray_trace_id_for_invocation

    def note_and_dispatch(
        func: dict[str, Any], config: dict[str, Any], event: Any, request_id: str, started: float
    ) -> Any:
        note = {"function": config.get("FunctionName"), "key": _key(event), "began": time.monotonic()}
        token = _running.set(note)
        try:
            return dispatch(func, config, event, request_id, started)
        finally:
            _running.reset(token)
            _invocations.append({**note, "ended": time.monotonic()})

    def note_trace(config: dict[str, Any], inbound_trace_header: str | None = None) -> str | None:
        trace: str | None = trace_of(config, inbound_trace_header)
        note = _running.get()
        if note is not None:
            note["trace"] = trace
        return trace

    lambda_svc._execute_function_dispatch = note_and_dispatch
    lambda_svc._xray_trace_id_for_invocation = note_trace


def _key(event: Any) -> str | None:
    if not isinstance(event, dict):
        return None
    return next((str(event[name]) for name in _KEYS if name in event), None)
