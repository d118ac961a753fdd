"""A standing gateway is changed, once well and once not; told over HTTP, read off the cloud's own record."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.request import Request, urlopen

import pytest

from stargate.domain.gateway.graph import PLAIN
from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled

pytestmark = pytest.mark.cloud

SHIFT = {"name": "shift", "preset": "sandbox", "overrides": {"network": {"cidr": "10.71.0.0/16"}}}
CHANGE = {
    "litellm": {"memory": 8192, "max_tasks": 5},
    "grafana": {"tasks": 1},
    "database": {"class": "db.r6g.xlarge"},
}
CHANGED = {"data", "litellm", "grafana"}

Document = dict[str, Any]


@dataclass
class Record:
    """What was answered, and what the cloud held afterwards."""

    of_new: Any = None
    plan: Any = None
    outdated: Any = None
    accepted: Any = None
    second: Any = None
    updated: Document = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    database: str = ""
    target: tuple[int, int] = (0, 0)
    tasks: dict[str, int] = field(default_factory=dict)
    taken_back: Document = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    gone: Document = field(default_factory=dict)


@pytest.fixture(scope="module")
def record(api, witness, cloud):
    told = Record()
    planned = {key: value for key, value in SHIFT.items() if key != "name"}
    told.of_new = _planned(api, planned)
    assert told.of_new.status == 200, told.of_new.text
    assert api.post("/environments", {**SHIFT, "plan": told.of_new.document["plan"]}).status == 202
    assert follow(api, "shift", settled)[-1]["status"] == "READY"
    told.plan = _planned(api, {"overrides": CHANGE})
    assert api.patch("/environments/shift", {"mode": "advise"}).status == 200
    told.outdated = api.patch(
        "/environments/shift", {"overrides": CHANGE, "plan": told.plan.document["plan"]}
    )
    again = _planned(api, {"overrides": CHANGE}).document["plan"]
    told.accepted = api.patch("/environments/shift", {"overrides": CHANGE, "plan": again})
    told.second = api.patch("/environments/shift", {"overrides": {"langfuse": {"tasks": 3}}})
    told.updated = follow(api, "shift", settled)[-1]
    told.statuses = witness.statuses("shift")
    _look(told, cloud)
    _withdraw(cloud, "db.r6g.2xlarge")
    larger = {"overrides": {"database": {"class": "db.r6g.2xlarge"}}}
    assert api.patch("/environments/shift", larger).status == 202
    told.taken_back = follow(api, "shift", settled)[-1]
    told.after = witness.statuses("shift")
    assert let_go(api, "shift").status == 202
    told.gone = follow(api, "shift", settled)[-1]
    return told


def _planned(api, request):
    """The plan; on a slow machine a signature of the planning function may be out of date: asked again."""
    for _ in range(3):
        answer = api.post("/environments/shift/plan", request)
        if answer.status != 503:
            break
    return answer


def _look(told, cloud):
    databases = cloud.client("rds").describe_db_instances(DBInstanceIdentifier="stargate-shift")
    told.database = databases["DBInstances"][0]["DBInstanceClass"]
    (target,) = cloud.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=["service/stargate-shift/litellm"]
    )["ScalableTargets"]
    told.target = (target["MinCapacity"], target["MaxCapacity"])
    services = cloud.client("ecs").describe_services(
        cluster="stargate-shift", services=["litellm", "grafana", "langfuse"]
    )["services"]
    told.tasks = {service["serviceName"]: service["runningCount"] for service in services}


def _withdraw(cloud, name):
    body = json.dumps({"name": name}).encode()
    headers = {"Content-Type": "application/json"}
    order = Request(f"{cloud.twin}/offers", body, headers, method="POST")  # noqa: S310 - our own
    with urlopen(order, timeout=10) as answer:  # noqa: S310 - our own
        assert answer.status == 200


def test_a_plan_of_a_new_environment_adds_every_stack(record):
    """With its resources, the time it takes and what preflight says of it."""
    plan = record.of_new.document
    assert record.of_new.status == 200, record.of_new.text
    assert {stack["action"] for stack in plan["stacks"]} == {"add"}
    assert len(plan["stacks"]) == len(PLAIN.stacks)
    assert plan["preflight"] == {"ok": True, "faults": []}
    assert plan["seconds"] > 600


def test_a_plan_of_a_change_is_read_from_change_sets(record):
    """The stacks that then are updated, and the failover that a new class means."""
    assert record.plan.status == 200, record.plan.text
    plan = record.plan.document
    moving = {stack["name"] for stack in plan["stacks"] if stack["action"] != "none"}
    assert moving == CHANGED
    assert "the database fails over: a minute or two without answers" in plan["interrupts"]


def test_a_plan_of_another_world_is_refused(record):
    """The mode was changed since."""
    assert record.outdated.status == 409
    assert record.outdated.document["type"] == "urn:stargate:problem:plan-outdated"


def test_a_change_is_accepted_and_a_second_refused(record):
    """UPDATING at once; who comes second is told what is under way, and since when."""
    assert (record.accepted.status, record.accepted.document["status"]) == (202, "UPDATING")
    assert record.second.status == 409
    assert "update since" in record.second.document["detail"]


def test_only_the_stacks_that_differ_are_updated(record):
    """The others are as CloudFormation made them."""
    assert (record.updated["status"], record.updated["failure"]) == ("READY", None)
    updated = {name for name, status in record.statuses.items() if status == "UPDATE_COMPLETE"}
    assert updated == CHANGED
    others = {status for name, status in record.statuses.items() if name not in CHANGED}
    assert others == {"CREATE_COMPLETE"}


def test_the_gateway_is_what_was_asked_for(record):
    """As AWS's own services tell it; the live bounds are the outer loop's, within the new limits."""
    minimum, maximum = record.target
    assert record.database == "db.r6g.xlarge"
    assert 2 <= minimum <= maximum <= record.updated["spec"]["litellm"]["max_tasks"] == 5
    assert record.tasks == {"litellm": 2, "grafana": 1, "langfuse": 2}
    assert record.updated["spec"]["litellm"]["memory"] == 8192


def test_an_update_that_fails_is_taken_back(record):
    """READY with what was before, and the reason why."""
    assert record.taken_back["status"] == "READY"
    assert record.taken_back["spec"]["database"]["class"] == "db.r6g.xlarge"
    assert "offers no PostgreSQL on db.r6g.2xlarge" in record.taken_back["failure"]["reason"]
    assert record.after == record.statuses
    assert record.gone["status"] == "RETIRED"
