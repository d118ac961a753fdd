"""MiniStack, with what it lacks added and what it pretends set right, served until it is stopped."""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import sys
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app
from ministack.core import lambda_runtime

from local import (
    asynchronous,
    cloudformation,
    control,
    events,
    failures,
    forwarding,
    front_door,
    gateway_responses,
    iam,
    inside,
    journal,
    latency,
    messages,
    processors,
    schedules,
    services,
    throttling,
    ticks,
    unpacking,
    workflows,
)
from local.clock import Clock


def run(host: str, port: int, scratch: Path, clock: Clock) -> None:
    _raise_file_limit()
    asyncio.run(_serve(_assemble(clock, scratch), f"{host}:{port}", scratch))


def _assemble(clock: Clock, scratch: Path) -> control.Application:
    schedules.install(clock)
    events.install()
    latency.install(os.environ.get(latency.VARIABLE, ""))
    processors.install()
    failures.install()
    unpacking.install(scratch)
    asynchronous.install(ticks.install())
    forwarding.install()
    gateway_responses.install()
    iam.install()
    workflows.install(clock)
    cloudformation.install(clock)
    services.install(clock)
    inside.install()
    journal.install()
    throttling.install(clock)
    messages.install()
    control.route("GET", "/_stargate/clock", lambda _: {"now": clock.now(), "scale": clock.scale})
    limited = throttling.wrap(processors.wrap(_as_secure(app.app)), clock)
    return control.wrap(front_door.wrap(inside.wrap(journal.wrap(limited))))


def _as_secure(application: control.Application) -> control.Application:
    """Requests over the loopback count as encrypted, for policies that refuse plain HTTP."""

    async def secured(scope: control.Message, receive: control.Receive, send: control.Send) -> None:
        inner = {**scope, "scheme": "https"} if scope["type"] == "http" else scope
        await application(inner, receive, send)

    return secured


async def _serve(application: control.Application, address: str, scratch: Path) -> None:
    config = Config()
    config.bind = [address]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.2
    config.accesslog = None
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(application, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    lambda_runtime.reset()
    _leave(scratch)


def _raise_file_limit() -> None:
    """Each warm function and each open connection is a file; the usual 1024 are soon gone."""
    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _leave(scratch: Path) -> None:
    """End at once: threads that wait in simulated time would hold the process for minutes."""
    shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
