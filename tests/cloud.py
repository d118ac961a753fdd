"""One local cloud with the control plane deployed, started by the first test that wants it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Cloud:
    endpoint: str
    api: str
    region: str
    access_key_id: str
    secret_access_key: str
    twin: str
    time_scale: float

    def client(self, service: str, region: str | None = None, **keys: Any) -> Any:
        """A client that acts as the operator, or with other keys as someone else."""
        own = {"aws_access_key_id": self.access_key_id, "aws_secret_access_key": self.secret_access_key}
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=region or self.region, **{**own, **keys}
        )

    def output(self, name: str) -> str:
        """One of the control plane's own stack."""
        (stack,) = self.client("cloudformation").describe_stacks(StackName="stargate")["Stacks"]
        (value,) = (one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == name)
        return str(value)


@contextmanager
def raised(state: Path, **variables: str) -> Iterator[Cloud]:
    """A local cloud on a port and in a folder of its own, with these `variables`; gone in the end."""
    try:
        _local("up", state, variables, "--port", str(_free_port()))
        yield Cloud(**json.loads((state / "local.json").read_text()))
    finally:
        _local("down", state, variables)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The one that nearly every test shares."""
    with raised(tmp_path_factory.mktemp("local-cloud")) as made:
        yield made


def _local(command: str, state: Path, variables: dict[str, str], *more: str) -> None:
    arguments = [sys.executable, "-m", "local", command, "--state", str(state), *more]
    ran = subprocess.run(
        arguments,
        cwd=PROJECT,
        env={**_environment(), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    if ran.returncode != 0:
        pytest.fail(
            f"python -m local {command} failed:\n{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}", pytrace=False
        )


def _environment() -> dict[str, str]:
    """The session's own environment, without the false credentials that tests of adapters set."""
    return {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
