"""The running local cloud as seen from outside: start its process, know it again, stop it."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from local.clock import Clock

PROJECT = Path(__file__).parent.parent
DEFAULT_STATE = PROJECT / ".stargate"
DEFAULT_PORT = 4566
PORT_VARIABLE = "STARGATE_PORT"
_START_LIMIT = 60.0
_STOP_LIMIT = 5.0


class CloudError(Exception):
    """The local cloud did not start; the text says why."""


@dataclass(frozen=True)
class Process:
    """The launcher's process, found again by what `start` wrote down."""

    pid: int
    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_running(self) -> bool:
        """Whether this very process lives, not another one that got its number."""
        listed = subprocess.run(
            ["ps", "-o", "command=", "-p", str(self.pid)], capture_output=True, text=True, check=False
        )
        return "local.launcher" in listed.stdout

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_stargate/clock", timeout=2) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
        except OSError:
            return False


def find(state: Path) -> Process | None:
    """Find the process that was started with this state folder, if it still runs."""
    try:
        written = json.loads((state / "process.json").read_text())
    except (OSError, ValueError):
        return None
    process = Process(written["pid"], written["port"])
    return process if process.is_running() else None


def start(state: Path, port: int, clock: Clock) -> Process:
    """Start the launcher in its own process group and wait until it answers."""
    if _is_taken(port):
        raise CloudError(f"port {port} is taken; set {PORT_VARIABLE} to another one")
    state.mkdir(parents=True, exist_ok=True)
    with (state / "local.log").open("wb") as log:
        launched = subprocess.Popen(
            command(port, state),
            cwd=PROJECT,
            env={**os.environ, **clock.environment()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process = Process(launched.pid, port)
    (state / "process.json").write_text(json.dumps({"pid": launched.pid, "port": port}))
    _wait_until_healthy(launched, process, state)
    return process


def stop(state: Path) -> bool:
    """Stop the launcher with its functions and remove what it left; the answer is whether it ran."""
    process = find(state)
    if process is not None:
        _end(process)
    for name in ("process.json", "local.json"):
        (state / name).unlink(missing_ok=True)
    shutil.rmtree(state / "scratch", ignore_errors=True)
    return process is not None


def command(port: int, state: Path) -> list[str]:
    return [sys.executable, "-m", "local.launcher", str(port), str(state)]


def _end(process: Process) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        limit = time.monotonic() + _STOP_LIMIT
        while time.monotonic() < limit:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process.pid, os.WNOHANG)
            if not process.is_running():
                return
            time.sleep(0.05)


def _wait_until_healthy(launched: "subprocess.Popen[bytes]", process: Process, state: Path) -> None:
    limit = time.monotonic() + _START_LIMIT
    while not process.is_healthy():
        if launched.poll() is not None or time.monotonic() > limit:
            stop(state)
            raise CloudError(f"the local cloud did not start:\n{_last_lines(state)}")
        time.sleep(0.05)


def _last_lines(state: Path) -> str:
    return "\n".join((state / "local.log").read_text(errors="replace").splitlines()[-20:])


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
