"""Many environments at once, while AWS throttles, in a cloud of their own; then twenty go, each interrupted.

Fifty, or as many as STARGATE_CROWD says. How long each has to go is told all along, and held against how
long it really took. Time runs slower here than in other tests, and nothing else runs beside it: what is ours
takes as long as this machine needs, and shall be small beside the cloud's.
"""

import os
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pytest
import requests
from botocore.credentials import Credentials

from cli.client import ApiClient
from local import processors
from local.clock import SCALE_VARIABLE
from local.demo.connection import Connection
from local.services.service_quotas import DEFAULTS
from stargate.domain.gateway.graph import PLAIN
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.gateway.shared import SECRETS
from tests.cloud import raised
from tests.e2e.leaving import let_go
from tests.e2e.patience import settled

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(3000)]

MANY = int(os.environ.get("STARGATE_CROWD", "50"))
GOING = min(MANY, 20)
SCALE = 5.0
AT_ONCE = 8  # functions: more than there are processors, since some pause because AWS throttles them
SEED = "50"  # durations and moments of interruption can be had again
PRESET = PRESETS["poc"]
REGIONS = (PRESET.region, "us-east-1")
QUOTAS = 200.0  # of everything that is counted: what an account asks for before it makes so many
CLOUDFORMATION = {"service": "cloudformation", "per_second": 5, "burst": 20}
LOOK_EVERY, LIMIT = 6.0, 1200.0  # real seconds
NEAR, OF_TWENTY = 0.2, 16  # within a fifth of the truth, in so many of twenty
_never = threading.Event()

Document = dict[str, Any]


@dataclass(frozen=True)
class Look:
    at: float
    status: str
    progress: float
    to_go: float | None


@dataclass
class Crowd:
    """What was answered on the way, by name, and how it ended."""

    ids: dict[str, str] = field(default_factory=dict)
    answers: dict[str, list[int]] = field(default_factory=dict)
    looks: dict[str, list[Look]] = field(default_factory=dict)
    made: dict[str, Document] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)
    networks: dict[str, int] = field(default_factory=dict)
    executions: list[str] = field(default_factory=list)
    refused: int = 0
    interrupted: dict[str, Document] = field(default_factory=dict)
    gone: dict[str, Document] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    variables = {SCALE_VARIABLE: str(SCALE), "STARGATE_SEED": SEED, processors.VARIABLE: str(AT_ONCE)}
    with raised(tmp_path_factory.mktemp("crowd"), **variables) as cloud:
        api = ApiClient(cloud.api, cloud.region, Credentials(cloud.access_key_id, cloud.secret_access_key))
        told = Crowd()
        _are_granted(cloud)
        _are_asked_for(api, told)
        _come_up(api, cloud, told)
        told.refused = Connection(**asdict(cloud)).control("GET", "/throttles")["cloudformation"]["refused"]
        _are_counted(cloud, told)
        _go(api, cloud, told)
        yield told


def name_of(number):
    return f"crowd{number:02d}"


def _are_granted(cloud):
    for quota in DEFAULTS:
        Connection(**asdict(cloud)).control(
            "POST", "/quotas", {"code": quota.code, "value": max(QUOTAS, DEFAULTS[quota])}
        )
    Connection(**asdict(cloud)).control("POST", "/throttles", CLOUDFORMATION)


def _are_asked_for(api, told):
    """All at once, each twice under its key: an answer may be lost."""

    def ask(number):
        name, key = name_of(number), str(uuid.uuid4())
        cidr = f"10.{100 + number}.0.0/16"
        request = {"name": name, "preset": PRESET.name, "overrides": {"network": {"cidr": cidr}}}
        answers = [api.post("/environments", request, idempotency_key=key) for _ in range(2)]
        told.answers[name] = [answer.status for answer in answers]
        told.ids[name] = answers[0].document.get("id", "")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(MANY)))


def _come_up(api, cloud, told):
    limit = time.monotonic() + LIMIT
    while len(told.made) < MANY:
        assert time.monotonic() < limit, f"{sorted(set(told.ids) - set(told.made))} are not settled"
        _look(api, cloud, told)
        _never.wait(LOOK_EVERY)


def _look(api, cloud, told):
    now = Connection(**asdict(cloud)).control("GET", "/clock")["now"]
    for document in _listed(api):
        name = document["name"]
        if name not in told.made:
            look = Look(now, document["status"], document["progress"], document["eta_seconds"])
            told.looks.setdefault(name, []).append(look)
            if settled(document):
                told.made[name] = document


def _listed(api):
    """In one call: to ask for each would be much of what there is to compute. Unheard, it is asked again."""
    try:
        answer = api.get("/environments", limit="100")
    except requests.Timeout:
        return []
    documents: list[Document] = answer.document["environments"] if answer.status == 200 else []
    return documents


def _are_counted(cloud, told):
    for region in REGIONS:
        pages = cloud.client("cloudformation", region).get_paginator("list_stacks").paginate()
        for stack in (stack for page in pages for stack in page["StackSummaries"]):
            told.stacks.setdefault(stack["StackName"], []).append(stack["StackStatus"])
    for network in cloud.client("ec2", PRESET.region).describe_vpcs()["Vpcs"]:
        tags = {tag["Key"]: tag["Value"] for tag in network.get("Tags", [])}
        owner = tags.get("stargate:environment", "")
        told.networks[owner] = told.networks.get(owner, 0) + 1
    workflows = cloud.client("stepfunctions")
    provision = _machine(workflows, "provision")
    pages = workflows.get_paginator("list_executions").paginate(stateMachineArn=provision)
    told.executions = [execution["name"] for page in pages for execution in page["executions"]]


def _machine(workflows, verb):
    machines = workflows.list_state_machines()["stateMachines"]
    return next(one["stateMachineArn"] for one in machines if one["name"] == f"stargate-{verb}")


def _go(api, cloud, told):
    """Each is interrupted once at a moment of chance, and asked again; every other keeps what it may."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    moments = {name_of(number): chance.uniform(0.0, 0.85) for number in range(GOING)}
    farewell = {name: _farewell(number) for number, name in enumerate(moments)}
    for name in moments:
        assert let_go(api, name, **farewell[name]).status == 202
    limit = time.monotonic() + LIMIT
    while len(told.gone) < GOING:
        assert time.monotonic() < limit, f"{sorted(set(moments) - set(told.gone))} are not gone"
        for document in _listed(api):
            name = document["name"]
            if name in moments and name not in told.gone:
                _follow(api, cloud, told, document, moments[name], farewell[name])
        _never.wait(LOOK_EVERY / 2)
    for name in moments:
        told.left[name] = _bearing(cloud, told.ids[name])


def _farewell(number):
    return {"final_snapshot": "yes" if number % 2 else "no", "secrets_recovery": "no"}


def _follow(api, cloud, told, document, moment, farewell):
    name = document["name"]
    if document["status"] == "RETIRED":
        told.gone[name] = document
    elif name not in told.interrupted:
        if document["status"] == "RETIRING" and document["progress"] >= moment:
            _stop(cloud, document)
            told.interrupted[name] = document
    elif document["status"] == "FAILED":
        assert let_go(api, name, **farewell).status == 202


def _stop(cloud, document):
    workflows = cloud.client("stepfunctions")
    machine = _machine(workflows, "retire").replace(":stateMachine:", ":execution:")
    workflows.stop_execution(
        executionArn=f"{machine}:{document['id']}-{document['attempt']}", error="Stopped", cause="by chance"
    )


def _bearing(cloud, environment_id):
    found = []
    for region in REGIONS:
        pages = (
            cloud.client("resourcegroupstaggingapi", region)
            .get_paginator("get_resources")
            .paginate(TagFilters=[{"Key": "stargate:id", "Values": [environment_id]}])
        )
        found += [one["ResourceARN"] for page in pages for one in page["ResourceTagMappingList"]]
    return found


def test_each_is_accepted_once_however_often_it_is_asked_for(crowd):
    """The same key has the same answer."""
    assert {tuple(statuses) for statuses in crowd.answers.values()} == {(202, 202)}
    assert len(set(crowd.ids.values())) == MANY


def test_all_of_them_come_up_although_aws_throttles(crowd):
    """READY, every one, and CloudFormation has refused calls on the way."""
    ends = {name: document["status"] for name, document in crowd.made.items()}
    assert ends == dict.fromkeys(crowd.ids, "READY"), {
        name: document["failure"] for name, document in crowd.made.items() if document["status"] != "READY"
    }
    assert crowd.refused > MANY


def test_nothing_is_made_twice(crowd):
    """One workflow, one network and each stack once, of each of them."""
    assert sorted(crowd.executions) == sorted(f"{identifier}-1" for identifier in crowd.ids.values())
    made = {name: found for name, found in crowd.stacks.items() if name.startswith("stargate-crowd")}
    own = PLAIN.without(PRESET.lacks | {SECRETS}).stacks
    assert set(made) == {f"stargate-{name}-{node.name}" for name in crowd.ids for node in own}
    assert {tuple(found) for found in made.values()} == {("CREATE_COMPLETE",)}
    assert crowd.stacks["stargate-shared-poc"] == ["CREATE_COMPLETE"]
    assert {name: crowd.networks[name] for name in crowd.ids} == dict.fromkeys(crowd.ids, 1)


def test_half_way_the_estimate_is_near_the_truth(crowd, measured):
    """When it will be READY, told at half of the time it took, within a fifth: in 16 of each 20."""
    errors = {name: error_at_half_way(looks, crowd.made[name]) for name, looks in crowd.looks.items()}
    near = [name for name, error in errors.items() if abs(error) <= NEAR]
    spread = sorted(round(error, 2) for error in errors.values())
    measured(f"{len(near)} of {len(errors)} estimates at half-way within {NEAR:.0%}: {spread}")
    assert len(near) * 20 >= OF_TWENTY * len(errors)


def error_at_half_way(looks, document):
    """By how much of the whole time the estimate was off; below 0 where it promised too much."""
    began, ready = moment(document["created_at"]), moment(document["updated_at"])
    half = began + (ready - began) / 2
    look = min((one for one in looks if one.to_go is not None), key=lambda one: abs(one.at - half))
    return (look.at + look.to_go - ready) / (ready - began)


def moment(told):
    return datetime.fromisoformat(told).timestamp()


def test_each_was_interrupted_on_its_way_out(crowd):
    """At moments of chance, twenty of twenty."""
    assert len(crowd.interrupted) == GOING
    assert len({round(document["progress"], 2) for document in crowd.interrupted.values()}) > GOING / 2


def test_nothing_bears_the_id_of_what_is_gone_but_what_was_to_be_kept(crowd):
    """The last snapshot where one was asked for, and it is reported with what it costs."""
    assert len(crowd.gone) == GOING
    for number in range(GOING):
        name = name_of(number)
        kept = [one for one in crowd.left[name] if ":snapshot:" in one]
        assert crowd.left[name] == kept, name
        assert len(kept) == number % 2, name
