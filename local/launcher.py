"""The process of the local cloud: MiniStack with our extensions, served on one local port.

Order matters here. MiniStack reads its settings and some modules start threads while they are imported, so
the settings and the clock come first, and only then is anything of MiniStack imported (local/server.py).
"""

import importlib
import logging
import os
import sys
from pathlib import Path

from local.clock import Clock

HOST = "127.0.0.1"
INSIDE_FUNCTIONS = Path(__file__).parent / "inside_functions"

# AWS waits one minute before the first retry of an asynchronous invocation and two before the second:
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_FIRST_ASYNCHRONOUS_RETRY = "60"
_LONGEST_ASYNCHRONOUS_RETRY = "300"


def run(port: int, state: Path, clock: Clock) -> None:
    """Serve until asked to stop; leave no process and no temporary file."""
    scratch = state / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    _prepare_environment(port, scratch, clock)
    clock.install()
    importlib.import_module("local.server").run(HOST, port, scratch, clock)


def _prepare_environment(port: int, scratch: Path, clock: Clock) -> None:
    os.environ.update(
        AUTH="true",
        GATEWAY_PORT=str(port),
        BIND_HOST=HOST,
        LOG_LEVEL="WARNING",
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        TMPDIR=str(scratch),
        LAMBDA_EXECUTOR="local",
        LAMBDA_ASYNC_RETRY_BASE_SECONDS=_FIRST_ASYNCHRONOUS_RETRY,
        LAMBDA_ASYNC_RETRY_MAX_SECONDS=_LONGEST_ASYNCHRONOUS_RETRY,
        # Containers of a person's own Docker are none of our business, and would not keep our time.
        DOCKER_HOST=f"unix://{scratch}/no-docker.sock",
        PYTHONPATH=str(INSIDE_FUNCTIONS),
        **clock.environment(),
    )
    for inherited in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "PYTHONDONTWRITEBYTECODE", "PERSIST_STATE"):
        os.environ.pop(inherited, None)


def main(arguments: list[str]) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    port, state = arguments
    run(int(port), Path(state), Clock.from_environment())


if __name__ == "__main__":
    main(sys.argv[1:])
