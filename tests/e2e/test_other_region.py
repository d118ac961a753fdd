"""A POC lives in another region than the control plane: made there, heard of from there, gone from there.

This one has a private balancer, runs on ARM and from images that it mirrored, so that the choices at creation
made once for real. Its secrets are those that all POCs of the region share.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.request import urlopen

import pytest

from local.demo.connection import Connection
from local.demo.record import Record
from local.demo.running import Running
from stargate.domain.gateway.presets import PRESETS
from tests.e2e.leaving import let_go
from tests.e2e.patience import awaited, follow, settled

pytestmark = pytest.mark.cloud

CHOICES = {"edge": {"balancer": "private"}, "compute": {"architecture": "arm64"}, "images": {"mirror": True}}
POC = {"name": "lab", "preset": "poc", "overrides": CHOICES}
THERE = PRESETS["poc"].region

Document = dict[str, Any]


@dataclass
class Visit:
    """What was answered and what the cloud held, in the order in which it happened."""

    answers: list[Document] = field(default_factory=list)
    stacks: dict[str, set[str]] = field(default_factory=dict)
    heard_from: dict[str, str] = field(default_factory=dict)
    rang: Document = field(default_factory=dict)
    instances: list[Document] = field(default_factory=list)
    providers: set[str] = field(default_factory=set)
    balancers: list[str] = field(default_factory=list)
    gone: Document = field(default_factory=dict)
    left: dict[str, set[str]] = field(default_factory=dict)
    secrets: list[set[str]] = field(default_factory=list)
    images: dict[str, set[str]] = field(default_factory=dict)
    repositories: list[list[str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def record(api, witness, cloud):
    told = Visit()
    assert api.post("/environments", POC).status == 202
    told.answers = follow(api, "lab", settled)
    assert told.answers[-1]["status"] == "READY", told.answers[-1]["failure"]
    told.stacks = _stacks(cloud)
    told.secrets.append(_secrets(cloud))
    told.heard_from = _heard_from(api, cloud)
    told.rang = _rang_for_slow_models(told.answers[-1], api, witness, cloud)
    reservations = cloud.client("ec2", THERE).describe_instances()["Reservations"]
    told.instances = [one for reservation in reservations for one in reservation["Instances"]]
    told.providers = set(_providers(cloud))
    balancers = cloud.client("elbv2", THERE).describe_load_balancers()["LoadBalancers"]
    told.balancers = [balancer["Scheme"] for balancer in balancers]
    told.images = _images(cloud)
    told.repositories.append(_repositories(cloud))
    assert let_go(api, "lab").status == 202
    told.gone = follow(api, "lab", settled)[-1]
    told.left = _stacks(cloud)
    told.secrets.append(_secrets(cloud))
    told.repositories.append(_repositories(cloud))
    return told


def _images(cloud):
    """By family of tasks: where its containers come from, without what tells them apart."""
    ecs = cloud.client("ecs", THERE)
    found = {}
    for arn in ecs.list_task_definitions(familyPrefix="stargate-lab")["taskDefinitionArns"]:
        task = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        origins = {container["image"].rpartition(":")[0] for container in task["containerDefinitions"]}
        found[task["family"].removeprefix("stargate-lab-")] = origins
    return found


def _repositories(cloud):
    return [
        one["repositoryName"] for one in cloud.client("ecr", THERE).describe_repositories()["repositories"]
    ]


def _secrets(cloud):
    """Their names, those that only wait to be deleted among them."""
    listed = cloud.client("secretsmanager", THERE).list_secrets(IncludePlannedDeletion=True)
    return {secret["Name"] for secret in listed["SecretList"]}


def _heard_from(api, cloud):
    """The region of the event by which the control plane learned that a stack stands."""
    with urlopen(f"{cloud.twin}/events", timeout=10) as answer:  # noqa: S310 - our own
        regions = {event["id"]: event["region"] for event in json.load(answer)["events"]}
    entries = api.get("/environments/lab/ledger", limit="100").document["entries"]
    stood = [entry for entry in entries if entry["summary"] == f"{entry['subject']} stands"]
    return {entry["subject"]: regions.get(entry["cause"], "nowhere") for entry in stood}


def _rang_for_slow_models(environment, api, witness, cloud):
    """The event by which the control plane heard that the first token comes too late."""
    connection = Connection(**asdict(cloud))
    running, written = Running(connection, "lab"), Record(api, witness, environment)
    running.set_users(20)
    connection.control("POST", "/break", {"environment": "lab", "what": "slow_models", "factor": 8})
    heard = lambda: [  # noqa: E731 - asked again and again
        entry["cause"] for entry in written.ledger() if entry["summary"].startswith("latency-high of litellm")
    ]
    return running.event(awaited(heard, "slow models are heard of")[0])


def _stacks(cloud):
    """Names of the stacks that stand, by region."""
    return {
        region: {
            stack["StackName"]
            for stack in cloud.client("cloudformation", region).describe_stacks()["Stacks"]
            if stack["StackName"].startswith(("stargate-lab-", "stargate-region", "stargate-shared-"))
        }
        for region in (THERE, "us-east-1")
    }


def _providers(cloud):
    ecs = cloud.client("ecs", THERE)
    services = ecs.list_services(cluster="stargate-lab")["serviceArns"]
    for service in ecs.describe_services(cluster="stargate-lab", services=services)["services"]:
        yield from (entry["capacityProvider"] for entry in service["capacityProviderStrategy"])


def test_it_gets_ready_after_checks(record):
    """Every check holds, though half of the gateway's usual parts are elsewhere or absent."""
    ready = record.answers[-1]
    assert (ready["status"], ready["region"], ready["failure"]) == ("READY", THERE, None)
    assert [check for check in ready["checks"] if not check["ok"]] == []
    assert len(record.instances) == 1
    assert record.instances[0]["InstanceType"] == "t3.nano"
    assert record.providers == {"FARGATE_SPOT"}
    assert record.balancers == ["internal"]


def test_each_stack_is_where_it_belongs(record):
    """Models where Bedrock is served, the rest in the environment's region, and no web ACL at all."""
    assert record.stacks["us-east-1"] == {"stargate-lab-models"}
    assert "stargate-lab-network" in record.stacks[THERE]
    everywhere = record.stacks[THERE] | record.stacks["us-east-1"]
    assert {"stargate-lab-waf", "stargate-lab-storage"} & everywhere == set()


def test_news_of_it_came_home(record):
    """What the control plane noted it noted because of events from there, each with its own region in it."""
    assert record.heard_from.pop("models") == "us-east-1"
    assert record.heard_from["network"] == THERE
    assert list(record.heard_from.values()).count(THERE) >= len(record.heard_from) - 1
    assert "stargate-region" in record.stacks[THERE]
    assert "stargate-region" not in record.stacks["us-east-1"]


def test_alarms_on_its_models_ring_where_the_models_are(record):
    """CloudWatch shows an alarm the metrics of its own region only."""
    assert record.rang["detail"]["alarmName"].startswith("stargate-lab-litellm-first-token-")
    assert (record.rang["region"], record.rang["detail"]["state"]["value"]) == ("us-east-1", "ALARM")


def test_its_secrets_are_those_that_all_pocs_share(record):
    """None bears its own name; they came with the first and went at once with the last."""
    assert "stargate-shared-poc" in record.stacks[THERE]
    there, left = record.secrets
    assert {name.split("/")[0] for name in there} == {"stargate-shared-poc"}
    assert len(there) == 16
    assert left == set()


def test_its_tasks_start_from_its_own_copies(record):
    """All but the task that makes the copies; the repository goes with the environment."""
    makes_them = record.images.pop("mirror-images")
    assert makes_them == {"public.ecr.aws/aws-cli/aws-cli", "quay.io/skopeo/stable"}
    (own,) = set().union(*record.images.values())
    assert own.endswith(f".dkr.ecr.{THERE}.amazonaws.com/stargate-lab")
    services = {"grafana", "langfuse", "litellm", "victoria-metrics"}
    assert record.images.keys() == services | {"prepare-database", "check-restore"}
    assert record.repositories == [["stargate-lab"], []]


def test_it_leaves_nothing_but_the_forwarder(record):
    """The forwarder is the region's, not the environment's."""
    assert record.gone["status"] == "RETIRED"
    assert record.left == {THERE: {"stargate-region"}, "us-east-1": set()}
