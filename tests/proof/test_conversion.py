"""A POC becomes a sandbox where it stands; told over HTTP, read off the cloud's own record."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from stargate.domain.gateway.presets import PRESETS
from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]

NAME, REGION = "grows", "us-east-1"
REQUEST = {
    "name": NAME,
    "preset": "poc",
    "region": REGION,
    "overrides": {"network": {"cidr": "10.73.0.0/16"}, "database": {"max_storage_gb": 300}},
}
POC, SANDBOX = PRESETS["poc"], PRESETS["sandbox"]
BROUGHT = POC.lacks - SANDBOX.lacks

Document = dict[str, Any]


@dataclass
class Held:
    """What the cloud had of it at one moment."""

    stacks: dict[str, str]
    zones: set[str]
    database: tuple[str, bool]
    tasks: dict[str, int]
    providers: set[str]
    secrets: set[str]


@dataclass
class Record:
    """What was answered, and what the cloud held before and after."""

    plan: Any = None
    accepted: Any = None
    became: Document = field(default_factory=dict)
    backwards: Any = None
    statuses: dict[str, str] = field(default_factory=dict)
    before: Held | None = None
    after: Held | None = None
    gone: Document = field(default_factory=dict)


@pytest.fixture(scope="module")
def record(api, witness, cloud):
    told = Record()
    created = api.post("/environments", REQUEST)
    assert created.status == 202, created.text
    assert follow(api, NAME, settled)[-1]["status"] == "READY"
    told.before = _held(cloud)
    told.plan = api.post(f"/environments/{NAME}/plan", {"preset": "sandbox"})
    told.accepted = api.patch(f"/environments/{NAME}", {"preset": "sandbox"})
    told.became = follow(api, NAME, settled)[-1]
    told.statuses, told.after = witness.statuses(NAME), _held(cloud)
    told.backwards = api.patch(f"/environments/{NAME}", {"preset": "poc"})
    assert let_go(api, NAME).status == 202
    told.gone = follow(api, NAME, settled)[-1]
    return told


def _held(cloud):
    named = f"stargate-{NAME}"
    stacks = cloud.client("cloudformation", REGION).describe_stacks()["Stacks"]
    tagged = [{"Name": "tag:stargate:environment", "Values": [NAME]}]
    subnets = cloud.client("ec2", REGION).describe_subnets(Filters=tagged)["Subnets"]
    (database,) = cloud.client("rds", REGION).describe_db_instances(DBInstanceIdentifier=named)["DBInstances"]
    ecs = cloud.client("ecs", REGION)
    names = ecs.list_services(cluster=named)["serviceArns"]
    services = ecs.describe_services(cluster=named, services=names)["services"]
    secrets = cloud.client("secretsmanager", REGION).list_secrets(IncludePlannedDeletion=True)["SecretList"]
    return Held(
        stacks={
            stack["StackName"].removeprefix(f"{named}-"): stack["StackId"]
            for stack in stacks
            if stack["StackName"].startswith(f"{named}-")
        },
        zones={subnet["AvailabilityZone"] for subnet in subnets},
        database=(database["DBInstanceClass"], database["MultiAZ"]),
        tasks={service["serviceName"]: service["runningCount"] for service in services},
        providers={
            entry["capacityProvider"] for service in services for entry in service["capacityProviderStrategy"]
        },
        secrets={
            one["Name"] for one in secrets if one["Name"].startswith((f"{named}/", "stargate-shared-poc/"))
        },
    )


def test_the_plan_tells_what_comes_and_what_changes(record):
    """What the sandbox brings is added, and nothing that holds anything is replaced."""
    plan = record.plan.document
    assert record.plan.status == 200, record.plan.text
    actions = {stack["name"]: stack["action"] for stack in plan["stacks"]}
    assert {name for name, action in actions.items() if action == "add"} == BROUGHT
    assert {actions[name] for name in ("network", "data", "cluster", "balancer")} <= {"change", "none"}
    assert plan["preflight"] == {"ok": True, "faults": []}


def test_it_ends_ready_as_a_sandbox(record):
    """But for what was chosen otherwise, which it keeps."""
    assert (record.accepted.status, record.accepted.document["status"]) == (202, "UPDATING")
    became = record.became
    assert (became["status"], became["preset"], became["failure"]) == ("READY", "sandbox", None)
    assert [check for check in became["checks"] if not check["ok"]] == []
    assert became["spec"]["network"]["cidr"] == "10.73.0.0/16"
    assert became["spec"]["database"]["max_storage_gb"] == 300
    assert became["region"] == REGION


def test_what_stood_still_stands(record):
    """Each stack is the one that it was; what is new was made once, and nothing is left half changed."""
    before, after = record.before.stacks, record.after.stacks
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == BROUGHT
    assert set(record.statuses.values()) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert {record.statuses[name] for name in BROUGHT} == {"CREATE_COMPLETE"}


def test_the_services_tell_of_a_sandbox(record):
    """Zones, database and tasks of the other preset, no task on capacity that AWS may take back."""
    before, after = record.before, record.after
    assert (len(before.zones), len(after.zones)) == (POC.zones, SANDBOX.zones)
    assert before.database == ("db.t4g.micro", False)
    assert after.database == ("db.r6g.large", True)
    assert (before.tasks["litellm"], after.tasks["litellm"]) == (1, 2)
    assert (before.tasks["grafana"], after.tasks["grafana"]) == (1, 2)
    assert (before.providers, after.providers) == ({"FARGATE_SPOT"}, {"FARGATE"})


def test_it_keeps_the_secrets_that_it_shares(record):
    """Whoever holds one of them is not locked out."""
    assert record.after.secrets == record.before.secrets
    assert {name.split("/")[0] for name in record.after.secrets} == {"stargate-shared-poc"}


def test_back_it_cannot_go_and_is_gone_when_it_is_let_go(record):
    """A sandbox never becomes a POC: each reason is named."""
    assert record.backwards.status == 400, record.backwards.text
    assert "subnets would go" in record.backwards.text
    assert record.gone["status"] == "RETIRED"
