"""The events of the local ECS have the shapes of AWS's: as documented, and as others have seen them."""

import asyncio

import botocore.session
import pytest

from local.gateways import registry
from local.services.ecs import orders
from local.twin.fleet import Stop
from tests.contract import ecs_stories, ministack_in_process
from tests.contract.ecs_stories import CLUSTER, ask, fleet, steady, tasks, until
from tests.contract.samples import members, sample

TASK, ACTION, DEPLOYMENT = "ECS Task State Change", "ECS Service Action", "ECS Deployment State Change"

# Written from the ECS Developer Guide ("Amazon ECS events") and the API's Task.
FROM_THE_BEGINNING = {
    "attachments": "list",
    "attributes": "list",
    "availabilityZone": "str",
    "clusterArn": "str",
    "containers": "list",
    "cpu": "str",
    "createdAt": "str",
    "desiredStatus": "str",
    "enableExecuteCommand": "bool",
    "ephemeralStorage": "dict",
    "group": "str",
    "lastStatus": "str",
    "launchType": "str",
    "memory": "str",
    "overrides": "dict",
    "platformVersion": "str",
    "startedBy": "str",
    "taskArn": "str",
    "taskDefinitionArn": "str",
    "updatedAt": "str",
    "version": "int",
}
CONNECTED = {**FROM_THE_BEGINNING, "connectivity": "str", "connectivityAt": "str", "pullStartedAt": "str"}
RUNNING = {**CONNECTED, "pullStoppedAt": "str", "startedAt": "str"}
LEAVING = {**RUNNING, "stopCode": "str", "stoppedReason": "str", "stoppingAt": "str"}
DOCUMENTED = {
    "PROVISIONING": FROM_THE_BEGINNING,
    "PENDING": FROM_THE_BEGINNING,
    "ACTIVATING": CONNECTED,
    "RUNNING": RUNNING,
    "DEACTIVATING": LEAVING,
    "STOPPING": LEAVING,
    "DEPROVISIONING": {**LEAVING, "executionStoppedAt": "str"},
    "STOPPED": {**LEAVING, "executionStoppedAt": "str", "stoppedAt": "str"},
}
SERVICE_ACTION = {"eventType": "str", "eventName": "str", "clusterArn": "str", "createdAt": "str"}
DEPLOYMENT_CHANGE = {
    "eventType": "str",
    "eventName": "str",
    "clusterArn": "str",  # live events carry it, the guide's sample does not
    "deploymentId": "str",
    "updatedAt": "str",
    "reason": "str",
}


async def live_through():
    """A service is made, loses a task to a person, gets a version that crashes, and cannot start any more."""
    registry.catch_up()
    ask("StopTask", cluster=CLUSTER, task=tasks()[0]["taskArn"], reason="Task stopped by user")
    await until(lambda: len(fleet().tasks("app")) == 2 and steady())
    orders.deploy_crashing(CLUSTER, "app")
    await until(steady)
    fleet().crash_from_now("app", 0)
    victim = fleet().serving("app")[0]
    fleet().stop_task(victim.task_id, Stop("EssentialContainerExited", "x", 137), registry.now())


@pytest.fixture(scope="module")
def told():
    """(detail type, resources, detail) of everything that the local ECS has said in that life."""
    patch = pytest.MonkeyPatch()
    emitted = []
    patch.setattr("local.services.ecs.events.emit", lambda *event: emitted.append(event))

    def impaired():
        return any(detail.get("eventName") == "SERVICE_TASK_START_IMPAIRED" for *_, detail in emitted)

    async def story(cloud):
        await cloud.create(CLUSTER, ecs_stories.resources())
        await live_through()
        await until(impaired)

    with ministack_in_process.cloud() as cloud:
        asyncio.run(story(cloud))
    patch.undo()
    return emitted


def details(told, detail_type, **wanted):
    return [
        detail
        for _, kind, _, detail in told
        if kind == detail_type and all(detail.get(name) == value for name, value in wanted.items())
    ]


@pytest.mark.parametrize("status", DOCUMENTED)
def test_each_state_of_a_task_is_told_as_documented(told, status):
    """Same members, same types, in every event of a task that has run or is on its way to it."""
    found = details(told, TASK, lastStatus=status)
    ran = [detail for detail in found if "startedAt" in detail or detail["desiredStatus"] == "RUNNING"]
    assert ran
    assert [members(detail) for detail in ran] == [DOCUMENTED[status]] * len(ran)


def test_a_task_that_never_ran_has_no_start(told):
    """It says why instead."""
    for detail in details(told, TASK, stopCode="TaskFailedToStart"):
        assert "startedAt" not in detail
        assert detail["stoppedReason"].startswith("CannotStartContainerError")
        assert all("exitCode" not in container for container in detail["containers"])


def test_a_task_event_has_members_of_the_api_only(told):
    """What EventBridge carries of a task is what DescribeTasks tells, and when it was updated."""
    model = botocore.session.get_session().get_service_model("ecs").shape_for("Task")
    names = set(model.members) | {"updatedAt"}
    assert {name for detail in details(told, TASK) for name in detail} <= names


def test_each_task_tells_its_versions_without_a_gap(told):
    """A consumer can tell the newest state of a task by its version, and nothing is told twice."""
    versions = {}
    for detail in details(told, TASK):
        versions.setdefault(detail["taskArn"], []).append(detail["version"])
    assert all(seen == list(range(1, len(seen) + 1)) for seen in versions.values())


def test_service_actions_are_told_as_documented(told):
    """Steadiness is information, an impaired start a warning."""
    found = details(told, ACTION)
    assert [members(detail) for detail in found] == [SERVICE_ACTION] * len(found)
    assert {(detail["eventName"], detail["eventType"]) for detail in found} == {
        ("SERVICE_STEADY_STATE", "INFO"),
        ("SERVICE_TASK_START_IMPAIRED", "WARN"),
    }


def test_deployments_are_told_as_documented(told):
    """One that fails is an error, and the roll-back is a deployment in progress."""
    found = details(told, DEPLOYMENT)
    assert [members(detail) for detail in found] == [DEPLOYMENT_CHANGE] * len(found)
    assert [(detail["eventName"], detail["eventType"]) for detail in found] == [
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", "INFO"),
        ("SERVICE_DEPLOYMENT_COMPLETED", "INFO"),
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", "INFO"),
        ("SERVICE_DEPLOYMENT_FAILED", "ERROR"),
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", "INFO"),
        ("SERVICE_DEPLOYMENT_COMPLETED", "INFO"),
    ]
    assert found[4]["deploymentId"] == found[0]["deploymentId"]
    assert found[0]["deploymentId"] in found[4]["reason"]


def test_events_name_the_resource_they_are_about(told):
    """A task event its task, the others their service."""
    for source, kind, resources, detail in told:
        assert source == "aws.ecs"
        assert resources == [detail["taskArn"] if kind == TASK else resources[0]]
        assert kind == TASK or resources[0].endswith(f":service/{CLUSTER}/app")


FARGATE = {
    "PROVISIONING": "telia-oss--aws-notify-slack--ecs-task-state-change-PROVISIONING.json",
    "PENDING": "ecs-task-state-change-PENDING.json",
    "RUNNING": "telia-oss--aws-notify-slack--ecs-task-state-change-RUNNING.json",
    "DEACTIVATING": "ecs-task-state-change-UserInitiated-DEACTIVATING.json",
    "DEPROVISIONING": "ecs-task-state-change-UserInitiated-DEPROVISIONING.json",
}
ON_INSTANCES = {"capacityProviderName", "containerInstanceArn", "platformVersion"}
"""Told of tasks on EC2 instances or not told of them, unlike Fargate's."""


def parts(detail):
    """The shapes within a task's event: of its interface, and of its containers."""
    interfaces = [attachment for attachment in detail["attachments"] if attachment["type"] == "eni"]
    return {
        "interface": [members(interface) for interface in interfaces],
        "details": [[fact["name"] for fact in interface["details"]] for interface in interfaces],
        "status": [interface["status"] for interface in interfaces],
        "containers": [members(container) for container in detail["containers"]],
        "networks": [[members(net) for net in each["networkInterfaces"]] for each in detail["containers"]],
        "overrides": {
            name: [members(each) for each in listed] for name, listed in detail["overrides"].items()
        },
    }


@pytest.mark.shared_data
@pytest.mark.parametrize("status", FARGATE)
def test_each_state_has_the_shape_that_others_have_seen(told, status):
    """Held against real Fargate events: same members and types, in the interface and the containers too."""
    seen = sample(f"ecs_task/{FARGATE[status]}")["detail"]
    ours = details(told, TASK, lastStatus=status, stopCode=seen.get("stopCode"))[0]
    assert members(ours) == members(seen)
    assert parts(ours) == parts(seen)


@pytest.mark.shared_data
def test_a_stopped_task_tells_what_one_on_an_instance_told(told):
    """The only public sample of a stopped task is of an instance; its members are ours but for the host's."""
    seen = members(sample("ecs_task/ecs-task-state-change-UserInitiated-STOPPED.json")["detail"])
    ours = members(details(told, TASK, lastStatus="STOPPED", stopCode="UserInitiated")[0])
    assert {name: kind for name, kind in seen.items() if name not in ON_INSTANCES}.items() <= ours.items()


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ecs-task-state-change-PENDING-2.json", "PENDING"),
        ("ecs-task-state-change-RUNNING.json", "RUNNING"),
        ("ecs-task-state-change-PROVISIONING.json", "PROVISIONING"),
        ("ecs-task-spot-interruption-current.json", "STOPPED"),
    ],
)
def test_what_older_and_shortened_samples_tell_is_told(told, name, status):
    """They have fewer members, and those are of the same types."""
    seen = members(sample(f"ecs_task/{name}")["detail"])
    ours = members(details(told, TASK, lastStatus=status)[0])
    assert {name: kind for name, kind in seen.items() if name not in ON_INSTANCES}.items() <= ours.items()


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["SERVICE_STEADY_STATE", "SERVICE_TASK_START_IMPAIRED"])
def test_service_actions_have_the_shape_of_the_samples(told, name):
    """Held against AWS's own samples."""
    seen = sample(f"ecs_service_action/ecs-service-action-{name}.json")["detail"]
    ours = details(told, ACTION, eventName=name)[0]
    assert (members(ours), ours["eventType"]) == (members(seen), seen["eventType"])


@pytest.mark.shared_data
@pytest.mark.parametrize("state", ["IN_PROGRESS", "COMPLETED"])
def test_deployments_have_the_shape_of_the_samples_and_their_cluster(told, state):
    """Held against AWS's own samples; the cluster's ARN is what live events have beyond them."""
    seen = sample(f"ecs_deployment/ecs-deployment-state-change-SERVICE_DEPLOYMENT_{state}.json")["detail"]
    ours = details(told, DEPLOYMENT, eventName=f"SERVICE_DEPLOYMENT_{state}")[0]
    assert members(ours) == {**members(seen), "clusterArn": "str"}
