"""A local cloud of a benchmark's own: raised for it, gone afterwards."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PORT = os.environ.get("STARGATE_PORT", "4650")

Document = dict[str, Any]


class StageError(Exception):
    """What was to be measured did not come about; the text says what."""


@contextmanager
def local_cloud(variables: Mapping[str, str]) -> Iterator[tuple[Document, Path]]:
    """What it tells of itself in local.json, and a folder that lasts as long.

    `variables` are those of its environment that are other than ours.
    """
    with TemporaryDirectory() as folder:
        state = Path(folder)
        try:
            _command("up", state, variables)
            yield json.loads((state / "local.json").read_text(encoding="utf-8")), state
        finally:
            _command("down", state, variables)


def _command(command: str, state: Path, variables: Mapping[str, str]) -> None:
    arguments = [sys.executable, "-m", "local", command, "--state", str(state), "--port", PORT]
    environment = {**os.environ, **variables}
    ran = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise StageError(f"python -m local {command} failed:\n{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}")
