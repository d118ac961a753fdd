"""What processes have used of the machine so far, as Linux accounts it in /proc."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_NANO = 1e9
_TICK = 1 / os.sysconf("SC_CLK_TCK")
_SESSION, _USER, _SYSTEM = 3, 11, 12
"""Places in /proc/<pid>/stat after the command's name."""
_IDLE, _WAITING = 3, 4
"""Places in the first line of /proc/stat."""


@dataclass(frozen=True)
class Usage:
    """Of one process."""

    cpu_seconds: float
    memory_mb: float
    """Proportional share: pages that forked workers share are counted once among them."""


def of_session(leader: int) -> Mapping[int, Usage]:
    """Every process of the session that this process leads, by process id."""
    found = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (stat := _stat(folder)) and int(stat[_SESSION]) == leader:
            cpu = (int(stat[_USER]) + int(stat[_SYSTEM])) * _TICK
            found[int(folder.name)] = Usage(cpu, _memory_mb(folder))
    return found


@dataclass(frozen=True)
class Turn:
    """What one thread did so far: how long it ran, and how long it would have but for others."""

    ran: float
    waited: float


def turns_of_session(leader: int) -> Mapping[int, Turn]:
    """Every thread of the session that this process leads, by thread id; seconds."""
    found = {}
    for process in of_session(leader):
        for thread in (_PROC / str(process) / "task").glob("*/schedstat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                ran, waited, _ = thread.read_text().split()
                found[int(thread.parent.name)] = Turn(int(ran) / _NANO, int(waited) / _NANO)
    return found


def undisturbed(before: Mapping[int, Turn], after: Mapping[int, Turn], seconds: float) -> float:
    """How many cores these threads would have kept busy between two looks, had nobody else wanted one.

    A thread runs, waits for a core, or has nothing to do: what counts is how much it had to do.
    """
    shares = []
    for thread, now in after.items():
        was = before.get(thread, Turn(0, 0))
        ran, waited = now.ran - was.ran, now.waited - was.waited
        shares.append(min(1.0, ran / max(ran, seconds - waited)) if ran > 0 else 0.0)
    return sum(shares)


def of_machine() -> float:
    """CPU seconds that all processes together have used."""
    line = (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(int(ticks) for place, ticks in enumerate(line[:8]) if place not in {_IDLE, _WAITING}) * _TICK


def _stat(folder: Path) -> list[str]:
    """Fields after the name, which may hold spaces; none if the process has just ended."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _memory_mb(folder: Path) -> float:
    try:
        rollup = (folder / "smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    return int(rollup.partition("\nPss:")[2].split()[0]) / 1024
