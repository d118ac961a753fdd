"""The local cloud from outside: start it, stop it, and know where it listens.

The demo goes through the same two commands as anybody (`python -m local up`, `python -m local down`), in
sessions of their own: a Ctrl-C then reaches the demo alone, which can still stop what it started.
"""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, fields
from typing import Any

import boto3

from local import cloud
from local.demo import ROOT

PATIENCE_SECONDS = 10


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

    def client(self, service: str) -> Any:
        """A client of one AWS service that acts as the operator."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
        )

    def control(self, method: str, path: str, document: object = None) -> Any:
        """Ask the local cloud's own control, for what no AWS API can tell or do."""
        request = urllib.request.Request(  # noqa: S310 the address is the local cloud's own
            self.twin + path,
            data=None if document is None else json.dumps(document).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 as above
            return json.loads(answer.read() or b"{}")


def read() -> Connection:
    document = json.loads((cloud.DEFAULT_STATE / "local.json").read_text(encoding="utf-8"))
    return Connection(**{field.name: document[field.name] for field in fields(Connection)})


def is_up() -> bool:
    return cloud.find(cloud.DEFAULT_STATE) is not None


def up(time_scale: float) -> Connection:
    _local("up", STARGATE_TIME_SCALE=f"{time_scale:g}")
    return read()


def down() -> None:
    _local("down")


def _interrupt(child: subprocess.Popen[bytes]) -> None:
    """Let `up` stop what it began, as after a Ctrl-C; what it leaves behind `down` finds."""
    os.killpg(child.pid, signal.SIGINT)
    try:
        child.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


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
        _interrupt(child)
        raise
    if status:
        raise LocalCloudError(f"`python -m local {command}` ended with {status}")
