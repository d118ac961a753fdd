"""The local cloud from outside: start it, stop it, and know where it listens.

The demo goes through the same two commands as anybody (`python -m local up`, `python -m local down`), in
sessions of their own: a Ctrl-C then reaches the demo alone, which can still stop what it started.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, fields

from local.demo import ROOT

STATE = ROOT / ".stargate" / "local.json"


class LocalCloudError(Exception):
    """The local cloud did not start, or did not stop."""


@dataclass(frozen=True)
class Connection:
    endpoint: str
    api: str
    region: str
    access_key_id: str
    secret_access_key: str
    twin: str
    time_scale: float


def read() -> Connection:
    document = json.loads(STATE.read_text(encoding="utf-8"))
    return Connection(**{field.name: document[field.name] for field in fields(Connection)})


def up(time_scale: float) -> Connection:
    if STATE.exists():
        raise LocalCloudError("A local cloud is up already. Stop it first: make down")
    _local("up", STARGATE_TIME_SCALE=f"{time_scale:g}")
    return read()


def down() -> None:
    _local("down")


def _local(command: str, **environment: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "local", command],
        cwd=ROOT,
        env=os.environ | environment,
        start_new_session=True,
    )
    try:
        status = child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise
    if status:
        raise LocalCloudError(f"`python -m local {command}` ended with {status}")
