"""Where the loop is measured: a local cloud of its own, gateways under strain, and a bare function beside.

That cloud takes as long as AWS from an event to its function and from a workflow's start to its first one
(local/latency.py): without it, the emulator needs two milliseconds for the one, and anything is slow beside
that.

The bare function is what any reaction on this cloud pays at least: a rule as specific as ours, and a
handler of the same runtime, warm like ours, that has no layers and writes down the moment it was reached.
"""

import io
import json
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.credentials import Credentials

from bench.local_cloud import StageError, local_cloud
from cli.client import ApiClient
from local import latency
from local.demo.outer_loop import stilled

GATEWAYS = ("alpha", "beta")  # few, so that what is measured is not how busy this machine is
USERS = 400  # more than six tasks bear: LiteLLM's CPU stays critical, however its bound is moved
SERVICE, MOST_TASKS = "litellm", 6
BARE, SOURCE = "bench-bare", "bench"
CODE = """
import os, time

def handle(event, _context):
    moment = time.monotonic()
    with open(os.environ["MARKS"], "a") as marks:
        marks.write(f"{event['id']} {moment!r}\\n")
"""
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
PATIENCE, LOOK_EVERY = 300.0, 0.5  # real seconds
Document = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """`local` is what the local cloud tells of itself in local.json; `marks` is the bare function's file."""

    local: Document
    marks: Path

    @property
    def api(self) -> ApiClient:
        keys = Credentials(self.local["access_key_id"], self.local["secret_access_key"])
        return ApiClient(self.local["api"], self.local["region"], keys)

    def client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.local["endpoint"],
            region_name=self.local["region"],
            aws_access_key_id=self.local["access_key_id"],
            aws_secret_access_key=self.local["secret_access_key"],
        )

    def control(self, path: str, order: Document | None = None) -> Document:
        body = None if order is None else json.dumps(order).encode()
        request = urllib.request.Request(f"{self.local['twin']}/{path}", data=body)  # noqa: S310 - our own
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own
            document: Document = json.load(answer)
        return document

    def reached_at(self) -> dict[str, float]:
        """When the bare function's first line ran, by the id of the event."""
        lines = (line.split() for line in self.marks.read_text(encoding="utf-8").splitlines())
        return {event: float(moment) for event, moment in lines}


@contextmanager
def raised() -> Iterator[Stage]:
    """All of it, with every gateway's CPU critical and its bound raised once; gone afterwards."""
    with local_cloud({latency.VARIABLE: latency.AS_ON_AWS}) as (local, state):
        stage = Stage(local, state / "marks")
        stage.marks.touch()
        _deploy_bare(stage)
        _provision(stage)
        # It looks each minute, a second here, and would raise the bound before the alarm's own way.
        with stilled(stage.client("lambda")):
            _strain(stage)
            yield stage


def _deploy_bare(stage: Stage) -> None:
    rules = stage.client("events")
    pattern = {"source": [SOURCE], "detail-type": ["Bare"], "detail": {"state": {"value": ["ALARM"]}}}
    rule = rules.put_rule(Name=BARE, EventPattern=json.dumps(pattern))["RuleArn"]
    function = _bare_function(stage)
    rules.put_targets(Rule=BARE, Targets=[{"Id": "bare", "Arn": function}])
    stage.client("lambda").add_permission(
        FunctionName=BARE,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )


def _bare_function(stage: Stage) -> str:
    trust = json.dumps({"Version": "2012-10-17", "Statement": TRUST})
    role = stage.client("iam").create_role(RoleName=BARE, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    function = stage.client("lambda").create_function(
        FunctionName=BARE,
        Runtime="python3.13",
        Handler="handler.handle",
        Role=role,
        MemorySize=512,
        TracingConfig={"Mode": "Active"},
        Environment={"Variables": {"MARKS": str(stage.marks)}},
        Code={"ZipFile": _archive("handler.py", CODE)},
    )
    return str(function["FunctionArn"])


def _archive(name: str, text: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(name, text)
    return written.getvalue()


def _provision(stage: Stage) -> None:
    for name in GATEWAYS:
        answer = stage.api.post("/environments", {"name": name, "preset": "sandbox"})
        if answer.status >= 400:
            raise StageError(f"{name} was refused: {answer.text}")
    _until(lambda: all(_status(stage, name) == "READY" for name in GATEWAYS), "every environment is READY")


def _status(stage: Stage, name: str) -> str:
    status = str(stage.api.get(f"/environments/{name}").document["status"])
    if status == "FAILED":
        raise StageError(f"{name} could not be provisioned")
    return status


def _strain(stage: Stage) -> None:
    for name in GATEWAYS:
        stage.control("users", {"environment": name, "users": USERS})
    _until(lambda: all(_minimum(stage, name) == MOST_TASKS for name in GATEWAYS), "every bound is raised")
    _until(lambda: not any(_in_flight(stage, name) for name in GATEWAYS), "every raise is verified")


def _minimum(stage: Stage, name: str) -> int:
    found = stage.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=[f"service/stargate-{name}/{SERVICE}"]
    )
    return int(found["ScalableTargets"][0]["MinCapacity"])


def _in_flight(stage: Stage, name: str) -> bool:
    """Whether an action is being verified still: what comes meanwhile is held."""
    conditions = stage.api.get(f"/environments/{name}/conditions").document["conditions"]
    return any(condition.get("action") for condition in conditions)


def _until(holds: Callable[[], bool], words: str) -> None:
    limit = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > limit:
            raise StageError(f"not after {PATIENCE:.0f} s: {words}")
        time.sleep(LOOK_EVERY)
