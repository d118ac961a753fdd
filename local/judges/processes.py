"""A program run for a while: in its own session, its words in a file, gone at the end with its children."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM")
"""Linux tells the program when this process is gone, even if it was killed."""
PREFERENCE = -10
"""A nice value."""
_STOP_LIMIT = 10.0
_LOOK_AGAIN = 0.1


class JudgeError(Exception):
    """A program did not start or ended early; the text has its last words."""


@dataclass(frozen=True)
class Program:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Look again until it is ready; JudgeError if the program ends or the time does."""
        until = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None:
                raise JudgeError(f"{self.name} ended with {self.process.returncode}:\n{self.last_words()}")
            if time.monotonic() > until:
                raise JudgeError(f"{self.name}: not {what} after {seconds:g} s:\n{self.last_words()}")
            time.sleep(_LOOK_AGAIN)


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
) -> Iterator[Program]:
    """Run the command in the folder with exactly this environment."""
    log = folder / f"{name}.log"
    with log.open("ab") as words:
        process = subprocess.Popen(
            [*ENDS_WITH_US, *command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Program(name, process, log)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, then end whatever is left of its session."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_LIMIT)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def preferred(*pids: int) -> Iterator[None]:
    """Put the sessions of processes before others for a while, where one may; others get what is left.

    For measurements on a machine that has more to do: Linux shares cores between sessions first.
    """
    try:
        _be_nice(pids, PREFERENCE)
        yield
    finally:
        _be_nice(pids, 0)


def _be_nice(pids: Sequence[int], value: int) -> None:
    for pid in pids:
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/autogroup").write_text(str(value))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """Whether a GET is answered with 2xx."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - http on loopback
            return bool(200 <= answer.status < 300)
    except (urllib.error.URLError, OSError):
        return False
