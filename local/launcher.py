"""The process of the local cloud: MiniStack with our extensions, served on one local port.

Order matters here. The clock is put under everything first; then MiniStack's settings, which it reads while it
is imported; then our extensions, into its registries; only then is the port opened.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import sys
from pathlib import Path

from local import control
from local.clock import Clock

HOST = "127.0.0.1"
INSIDE_FUNCTIONS = Path(__file__).parent / "inside_functions"


def run(port: int, state: Path, clock: Clock) -> None:
    """Serve until asked to stop; leave no process and no temporary file."""
    scratch = state / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    _prepare_environment(port, scratch, clock)
    clock.install()
    application = _assemble(clock, scratch)
    asyncio.run(_serve(application, port, scratch))


def _prepare_environment(port: int, scratch: Path, clock: Clock) -> None:
    from local import schedules

    os.environ.update(
        AUTH="true",
        GATEWAY_PORT=str(port),
        BIND_HOST=HOST,
        LOG_LEVEL="WARNING",
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        TMPDIR=str(scratch),
        LAMBDA_EXECUTOR="local",
        # Containers of a person's own Docker are none of our business, and would not keep our time.
        DOCKER_HOST=f"unix://{scratch}/no-docker.sock",
        PYTHONPATH=str(INSIDE_FUNCTIONS),
        **clock.environment(),
    )
    for inherited in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "PYTHONDONTWRITEBYTECODE", "PERSIST_STATE"):
        os.environ.pop(inherited, None)
    schedules.prepare_environment()


def _assemble(clock: Clock, scratch: Path) -> control.Application:
    from ministack import app

    from local import (
        asynchronous,
        cloudformation,
        events,
        gateway_responses,
        iam,
        processors,
        schedules,
        services,
        unpacking,
        workflows,
    )

    schedules.install(clock)
    events.install()
    processors.install()
    unpacking.install(scratch)
    asynchronous.install()
    gateway_responses.install()
    iam.install()
    workflows.install(clock)
    cloudformation.install(clock)
    services.install(clock)
    control.route("GET", "/_stargate/clock", lambda _: {"now": clock.now(), "scale": clock.scale})
    return control.wrap(_as_secure(app.app))


def _as_secure(application: control.Application) -> control.Application:
    """Requests over the loopback count as encrypted, for policies that refuse plain HTTP."""

    async def secured(scope: control.Message, receive: control.Receive, send: control.Send) -> None:
        inner = {**scope, "scheme": "https"} if scope["type"] == "http" else scope
        await application(inner, receive, send)

    return secured


async def _serve(application: control.Application, port: int, scratch: Path) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.2
    config.accesslog = None
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _raise_file_limit()
    await serve(application, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    _stop_functions()
    _leave(scratch)


def _raise_file_limit() -> None:
    """Each warm function and each open connection is a file; the usual 1024 are soon gone."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _stop_functions() -> None:
    from ministack.core import lambda_runtime

    lambda_runtime.reset()


def _leave(scratch: Path) -> None:
    """End at once: threads that wait in simulated time would hold the process for minutes."""
    shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def main(arguments: list[str]) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    port, state = arguments
    run(int(port), Path(state), Clock.from_environment())


if __name__ == "__main__":
    main(sys.argv[1:])
