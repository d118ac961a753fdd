"""How long a gateway takes to come up, over the longest chain of the stacks that it is made of.

The chain is the least that any way of making these stacks could take: each stack as long as it took in this
very run, and each waiting for nothing but what it needs. Measured is from the request to READY, with all that
is ours: looking beforehand, every hop from one stack to the next, and the checks at the end.

Beside it, from the same durations of the same run and with nothing of anybody's own added: one stack after
another, and one single template, whose resources wait for resources and for no stack's end (one_template.py).
AWS would not take that template: what is in other regions cannot be in it.

The cloud takes as long as AWS does, spread and with outliers (local/services/pace.py), in time that runs
faster; what is ours takes as long as this machine needs, and so counts for as many times more than on AWS. A
gateway that is not counted goes ahead: on this machine it is half a minute until every function's process has
begun, on AWS a second (bench/cold_start has its own figures).
"""

import json
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.credentials import Credentials

from bench.local_cloud import StageError, local_cloud
from bench.one_template import seconds_of_one_template, templates
from cli.client import ApiClient
from local.clock import SCALE_VARIABLE
from local.demo.connection import Connection
from local.demo.witness import Witness
from stargate.domain.gateway.graph import PLAIN, PREPARE_DATABASE
from stargate.domain.provisioning.durations import longest_path

RESULT = Path(__file__).resolve().parents[1] / "out" / "bench" / "provision.json"
AHEAD, CREATIONS = "poc", 2
SCALE = 3.0
BOUND = 1.05
PATIENCE, LOOK_EVERY = 900.0, 1.0  # real seconds

Document = dict[str, Any]


@dataclass(frozen=True)
class Creation:
    """In seconds of the cloud's time; each ratio is over the longest chain.

    What is ours is told in three parts: until the first stack begins, between stacks, and after the last one
    stands, when the checks wait for the tasks that autoscaling starts beyond the first.
    """

    name: str
    chain: float
    taken: float
    beforehand: float
    checks: float
    one_after_another: float
    one_template: float

    @property
    def ratio(self) -> float:
        return self.taken / self.chain

    @property
    def between(self) -> float:
        return self.taken - self.chain - self.beforehand - self.checks

    def document(self) -> Document:
        ratios = {
            "ours": self.ratio,
            "one_after_another": self.one_after_another / self.chain,
            "one_template": self.one_template / self.chain,
        }
        return {**asdict(self), "ratios": {name: round(ratio, 4) for name, ratio in ratios.items()}}


def run() -> bool:
    with local_cloud({SCALE_VARIABLE: str(SCALE)}) as (local, _):
        connection = Connection(**local)
        _create(connection, "ahead", {"preset": AHEAD})
        created = [_measured(connection, *_sandbox(connection, number)) for number in range(CREATIONS)]
    ok = all(one.ratio <= BOUND for one in created)
    _print(created, ok=ok)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    document = {"creations": [one.document() for one in created], "bound": BOUND, "ok": ok}
    RESULT.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return ok


def _sandbox(connection: Connection, number: int) -> tuple[str, Document]:
    name, cidr = f"bench{number}", f"10.{80 + number}.0.0/16"
    return name, _create(connection, name, {"preset": "sandbox", "overrides": {"network": {"cidr": cidr}}})


def _create(connection: Connection, name: str, request: Document) -> Document:
    """The environment once it is READY."""
    keys = Credentials(connection.access_key_id, connection.secret_access_key)
    api = ApiClient(connection.api, connection.region, keys)
    answer = api.post("/environments", {"name": name, **request})
    if answer.status >= 400:
        raise StageError(f"{name} was refused: {answer.text}")
    return _ready(api, name)


def _ready(api: ApiClient, name: str) -> Document:
    limit = time.monotonic() + PATIENCE
    while True:
        document: Document = api.get(f"/environments/{name}").document
        if document["status"] == "READY":
            return document
        if document["status"] != "PROVISIONING" or time.monotonic() > limit:
            raise StageError(f"{name} is {document['status']}: {document['failure']}")
        time.sleep(LOOK_EVERY)


def _measured(connection: Connection, name: str, document: Document) -> Creation:
    witness = Witness(connection)
    stacks = witness.stacks(name)
    lives = {stack: witness.creation(stack_id) for stack, stack_id in stacks.items()}
    lives[PREPARE_DATABASE] = witness.preparation(name)
    durations = {node: life.stood - life.began for node, life in lives.items()}
    resources = {PREPARE_DATABASE: durations[PREPARE_DATABASE]}
    for stack, stack_id in stacks.items():
        resources |= {f"{stack}/{one}": took for one, took in _resources(witness, stack_id).items()}
    chain = longest_path({node.name: (node.name, node.needs) for node in PLAIN.nodes}, durations.__getitem__)
    asked, ready = _moment(document["created_at"]), _moment(document["updated_at"])
    return Creation(
        name,
        chain,
        taken=ready - asked,
        beforehand=min(life.began for life in lives.values()) - asked,
        checks=ready - max(life.stood for life in lives.values()),
        one_after_another=sum(durations.values()),
        one_template=seconds_of_one_template(templates(), resources),
    )


def _resources(witness: Witness, stack_id: str) -> Mapping[str, float]:
    """How long each resource of a stack took, by its logical id."""
    began: dict[str, float] = {}
    took: dict[str, float] = {}
    for event in witness.events(stack_id):
        if event.is_stack:
            continue
        began.setdefault(event.resource, event.at)
        if event.status == "CREATE_COMPLETE":
            took[event.resource] = event.at - began[event.resource]
    return took


def _moment(told: str) -> float:
    return datetime.fromisoformat(told).timestamp()


def _print(created: Sequence[Creation], *, ok: bool) -> None:
    print("from the request to READY, over the longest chain of stack durations, all of this run;")
    print(f"the cloud's time, simulated, runs {SCALE:g} times as fast as this machine's")
    for one in created:
        told = one.document()["ratios"]
        print(
            f"  {one.name}: chain {one.chain:5.0f} s, READY after {one.taken:5.0f} s, ratio"
            f" {told['ours']:.3f}"
            f"  one after another {told['one_after_another']:.2f}  one template {told['one_template']:.3f}"
        )
        print(
            f"    ours: beforehand {one.beforehand:.0f} s, between stacks {one.between:.0f} s,"
            f" checks {one.checks:.0f} s"
        )
    middle = statistics.median(one.ratio for one in created)
    print(f"  median {middle:.3f}, each at most {BOUND:g}  {'held' if ok else 'BROKE'}")
