"""The real LiteLLM proxy, started as the gateway's task definition starts it.

Command and variables come from gateway/stacks/litellm.yaml, the configuration from gateway/config over S3
as in a task. Only what a template cannot know is told here. There is no database: the proxy then knows the
master key alone.
"""

import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gateway.build_manifest import published_text, read_template
from local.judges.processes import Program, answers, free_port, running

PROJECT = Path(__file__).parents[2]
BINARY = PROJECT / ".venv-litellm" / "bin" / "litellm"
MASTER_KEY = "sk-0123456789abcdef"
STARTS_WITHIN = 120.0
PROFILES = {
    name: f"arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/{name}"
    for name in ("haiku", "sonnet", "opus")
}
"""The environment's own, by model."""
_BUCKET = "stargate-gateway"
_CONFIG = "config/litellm/config.yaml"
_WITHOUT_DATABASE = {
    "DATABASE_HOST",
    "DATABASE_NAME",
    "DATABASE_SCHEMA",
    "DATABASE_USERNAME",
    "DATABASE_PASSWORD",
}


TOLD_TO_PRISMA = {"DATABASE_NAME", "DATABASE_SCHEMA", "ENFORCE_PRISMA_MIGRATION_CHECK"}


@dataclass(frozen=True)
class Listening:
    """A program on a port of loopback."""

    program: Program
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def publish(folder: Path) -> Path:
    """gateway/config as it is published, in a folder of its own there: a bucket."""
    bucket, gateway = folder / "bucket", PROJECT / "gateway"
    for path in sorted((gateway / "config").rglob("*.*")):
        copy = bucket / path.relative_to(gateway)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(published_text(path, gateway))
    return bucket


@contextmanager
def stand_in(
    folder: Path, cores: Collection[int] = (), change: Callable[[dict[str, Any]], None] | None = None
) -> Iterator[Listening]:
    """Run what LiteLLM calls out to, with gateway/config in its bucket; `change` has its configuration."""
    port, bucket = free_port(), publish(folder)
    if change is not None:
        kept = bucket / _CONFIG
        config = yaml.safe_load(kept.read_text())
        change(config)
        kept.write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "local.judges.stand_in", str(port), str(bucket)]
    environment = {"PYTHONPATH": str(PROJECT), "PATH": os.environ["PATH"]}
    with running("stand-in", [*_kept_to(cores), *command], folder, environment) as program:
        started = Listening(program, port)
        program.wait_until(lambda: answers(f"{started.url}/{_BUCKET}/{_CONFIG}"), "answering", 20)
        yield started


@contextmanager
def litellm(
    folder: Path, outside: str, cores: Collection[int] = (), master_key: str = MASTER_KEY
) -> Iterator[Listening]:
    """Run the proxy in the folder, with the stand-in at the URL `outside`, until it is alive."""
    port = free_port()
    container = _container("litellm", "litellm")
    command = [str(BINARY), *[str(port) if word == "4000" else word for word in container["Command"]]]
    environment = _environment(container, folder, outside) | {"LITELLM_MASTER_KEY": master_key}
    with running("litellm", [*_kept_to(cores), *command], folder, environment) as program:
        started = Listening(program, port)
        program.wait_until(lambda: answers(f"{started.url}/health/liveliness"), "alive", STARTS_WITHIN)
        yield started


@contextmanager
def starting(folder: Path, outside: str, prisma: Path) -> Iterator[Program]:
    """Let the proxy begin to start with a database, and with this program for Prisma's.

    Prisma's engines cannot be had here, so it gets no further. There is nothing at the database's address.
    """
    container = _container("litellm", "litellm")
    environment = _environment(container, folder, outside) | _database(container, prisma)
    with running("litellm", [str(BINARY), *container["Command"]], folder, environment) as program:
        yield program


def migrate(folder: Path, prisma: Path) -> tuple[int, str]:
    """Run the preparing task's migrations with this program for Prisma's: the exit code, the last words."""
    container = _container("data", "litellm-migrations")
    environment = {"HOME": str(folder), "TMPDIR": str(folder)} | _database(container, prisma)
    with running("migrations", [str(BINARY), *container["Command"]], folder, environment) as program:
        return program.process.wait(STARTS_WITHIN), program.last_words()


def _database(container: Mapping[str, Any], prisma: Path) -> dict[str, str]:
    """What the container is told of its database, which is nowhere, and the way to that program."""
    literal = {e["Name"]: e["Value"] for e in container["Environment"] if isinstance(e["Value"], str)}
    return {
        "DATABASE_HOST": f"127.0.0.1:{free_port()}",
        "DATABASE_NAME": "stargate",
        "DATABASE_USERNAME": "litellm",
        "DATABASE_PASSWORD": "of-nobody",
        **{name: value for name, value in literal.items() if name in TOLD_TO_PRISMA},
        "PATH": f"{prisma.parent}:{BINARY.parent}:{os.environ['PATH']}",
    }


def _kept_to(cores: Collection[int]) -> list[str]:
    return ["taskset", "--cpu-list", ",".join(map(str, sorted(cores)))] if cores else []


def _container(stack: str, name: str) -> dict[str, Any]:
    template = read_template((PROJECT / "gateway" / "stacks" / f"{stack}.yaml").read_text())
    (container,) = [
        one
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::ECS::TaskDefinition"
        for one in resource["Properties"]["ContainerDefinitions"]
        if one["Name"] == name
    ]
    return dict(container)


def _environment(container: Mapping[str, Any], folder: Path, outside: str) -> dict[str, str]:
    """What the template writes out stays as it is; a variable it takes from elsewhere must be known here."""
    named = [entry["Name"] for entry in [*container["Environment"], *container["Secrets"]]]
    literal = {e["Name"]: e["Value"] for e in container["Environment"] if isinstance(e["Value"], str)}
    from_elsewhere = _from_elsewhere(outside)
    task = {
        name: from_elsewhere.get(name, literal.get(name)) for name in named if name not in _WITHOUT_DATABASE
    }
    unknown = [name for name, value in task.items() if value is None]
    if unknown:
        raise KeyError(f"nobody here gives a value to what gateway/stacks/litellm.yaml sets: {unknown}")
    return {**{name: str(value) for name, value in task.items()}, **_machine(folder, outside)}


def _from_elsewhere(outside: str) -> dict[str, str]:
    return {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION_NAME": "us-east-1",
        "HAIKU_PROFILE_ARN": PROFILES["haiku"],
        "SONNET_PROFILE_ARN": PROFILES["sonnet"],
        "OPUS_PROFILE_ARN": PROFILES["opus"],
        "LITELLM_CONFIG_BUCKET_NAME": _BUCKET,
        "LITELLM_CONFIG_BUCKET_OBJECT_KEY": _CONFIG,
        "ADMISSION": f"s3://{_BUCKET}/config/litellm/admission.admission",
        "NUM_WORKERS": "2",
        "LANGFUSE_HOST": outside,
        "LITELLM_MASTER_KEY": MASTER_KEY,
        "LITELLM_SALT_KEY": "salt-0123456789abcdef",
        "LANGFUSE_PUBLIC_KEY": "pk-lf-0",
        "LANGFUSE_SECRET_KEY": "sk-lf-0",
    }


def _machine(folder: Path, outside: str) -> dict[str, str]:
    """What a task's machine brings: a role's credentials, endpoints, a volume for metrics, a home."""
    metrics = folder / "metrics"
    metrics.mkdir(exist_ok=True)
    return {
        "HOST": "127.0.0.1",
        "PATH": f"{BINARY.parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_S3": outside,
        "AWS_BEDROCK_RUNTIME_ENDPOINT": outside,
    }
