"""The ECS API shows services as their fleet has them: zones, counts, deployments, health of targets."""

import asyncio

import pytest
from ministack.services import alb, cloudwatch_logs, ec2, ecs

from local.gateways import registry
from local.services.ecs import orders, standing
from local.twin.fleet import Stop
from tests.contract import ecs_stories, ministack_in_process
from tests.contract.ecs_stories import (
    CLUSTER,
    DRAIN,
    ask,
    fleet,
    health,
    refused,
    service,
    steady,
    tasks,
    until,
)

KILLED = Stop("EssentialContainerExited", "Essential container in task exited", 1)


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.setattr("local.services.ecs.events.emit", lambda *_: None)
    with ministack_in_process.cloud() as made:
        yield made


def play(cloud, story, **properties):
    """The stack comes up, then the story is played; its answer is the answer."""

    async def whole():
        stack = await cloud.create(CLUSTER, ecs_stories.resources(**properties))
        assert stack["StackStatus"] == "CREATE_COMPLETE", cloud.told(CLUSTER)
        return await story(stack["_resources"])

    return asyncio.run(whole())


def test_creation_ends_when_the_service_is_steady(cloud):
    """Its tasks run in as many zones and are healthy, its deployment is completed."""

    async def story(resources):
        assert health(resources["Group"]["PhysicalResourceId"]) == ["healthy"] * 3
        return service(), tasks()

    described, running = play(cloud, story, desired=3)
    assert (described["desiredCount"], described["runningCount"], described["pendingCount"]) == (3, 3, 0)
    [deployment] = described["deployments"]
    assert (deployment["status"], deployment["rolloutState"], deployment["runningCount"]) == (
        "PRIMARY",
        "COMPLETED",
        3,
    )
    assert described["events"][0]["message"] == "(service app) has reached a steady state."
    assert {task["availabilityZone"] for task in running} == {f"us-east-1{zone}" for zone in "abc"}
    assert {task["startedBy"] for task in running} == {deployment["id"]}


def test_an_address_is_of_the_subnet_in_the_zone_of_the_task(cloud):
    """And no two tasks have the same."""

    async def story(_):
        return [(task["availabilityZone"], facts(task)) for task in tasks()]

    found = play(cloud, story, desired=6)
    assert len({told["privateIPv4Address"] for _, told in found}) == 6
    del found[0]
    assert all(told["subnetId"] for _, told in found)


def facts(task):
    [attachment] = task["attachments"]
    told = {fact["name"]: fact["value"] for fact in attachment["details"]}
    assert ec2._subnets[told["subnetId"]]["AvailabilityZone"] == task["availabilityZone"]
    return told


def test_a_task_of_a_spot_service_tells_its_capacity_provider(cloud):
    """It is a Fargate task all the same, as AWS has it."""

    async def story(_):
        return tasks()

    [task] = play(cloud, story, desired=1, **on("FARGATE_SPOT"))
    assert (task["launchType"], task["capacityProviderName"]) == ("FARGATE", "FARGATE_SPOT")


def test_a_starting_task_is_pending_then_initial_then_healthy(cloud):
    """It is a target from its start on, and gets requests once its health checks have passed."""

    async def story(resources):
        hands, group = ecs_stories.by_hand(), resources["Group"]["PhysicalResourceId"]
        ask("UpdateService", cluster=CLUSTER, service="app", desiredCount=2)
        seen = []
        for _ in range(200):
            seen.append((service()["pendingCount"], *health(group)))
            hands.pass_seconds(1)
        return list(dict.fromkeys(seen))

    seen = play(cloud, story, desired=1)
    assert seen == [(1, "healthy"), (0, "healthy", "initial"), (0, "healthy", "healthy")]


def test_sixty_seconds_of_drain_are_sixty_seconds_of_the_clock(cloud):
    """The target drains for its deregistration delay, to the second, then its task ends."""

    async def story(resources):
        hands, group = ecs_stories.by_hand(), resources["Group"]["PhysicalResourceId"]
        ask("UpdateService", cluster=CLUSTER, service="app", desiredCount=1)
        hands.pass_seconds(DRAIN - 1)
        assert health(group) == ["draining", "healthy"]
        hands.pass_seconds(1)
        return health(group), sorted(task["lastStatus"] for task in tasks("STOPPED"))

    assert play(cloud, story) == (["healthy"], ["STOPPING"])


def test_the_clock_of_the_drain_is_the_compressed_one(cloud):
    """Nobody moves it here: it takes no less than a minute of the local cloud's time."""

    async def story(resources):
        ask("UpdateService", cluster=CLUSTER, service="app", desiredCount=1)
        began, group = registry.now(), resources["Group"]["PhysicalResourceId"]
        await until(lambda: health(group) == ["healthy"])
        return registry.now() - began

    assert play(cloud, story) >= DRAIN


def test_a_task_that_somebody_stops_goes_on_draining_and_is_replaced(cloud):
    """StopTask answers at once with a task that is meant to stop."""

    async def story(_):
        [first] = tasks()
        stopping = ask("StopTask", cluster=CLUSTER, task=first["taskArn"])["task"]
        await until(lambda: any(t["lastStatus"] == "STOPPED" for t in tasks("STOPPED")) and steady())
        return stopping, tasks("STOPPED"), tasks()

    stopping, [stopped], [running] = play(cloud, story, desired=1)
    assert (stopping["desiredStatus"], stopping["stopCode"]) == ("STOPPED", "UserInitiated")
    assert stopped["taskArn"] == stopping["taskArn"] != running["taskArn"]
    assert stopped["stoppedReason"] == "Task stopped by user"


def test_a_crashed_task_is_no_target_from_that_moment_on(cloud):
    """It does not drain: there is nobody left to end the old requests."""

    async def story(resources):
        with registry.ordering(CLUSTER, ()) as (of_cluster, now):
            of_cluster.stop_task(of_cluster.serving("app")[0].task_id, KILLED, now)
        return health(resources["Group"]["PhysicalResourceId"]), service()["runningCount"]

    assert play(cloud, story) == (["healthy"], 1)


def test_a_forced_deployment_rolls_over(cloud):
    """Two deployments while it lasts; then the new one alone, with the task definition that was asked for."""

    async def story(_):
        [old] = service()["deployments"]
        answer = ask("UpdateService", cluster=CLUSTER, service="app", forceNewDeployment=True)["service"]
        await until(steady)
        return old, answer["deployments"], service()["deployments"], tasks()

    old, during, [new], running = play(cloud, story)
    assert [(d["status"], d["rolloutState"]) for d in during] == [
        ("PRIMARY", "IN_PROGRESS"),
        ("ACTIVE", "COMPLETED"),
    ]
    assert new["id"] == during[0]["id"] != old["id"]
    assert {task["startedBy"] for task in running} == {new["id"]}


def test_no_version_is_lost_to_what_happens_at_the_moment_of_its_call(cloud):
    """A task changed since anybody looked, as between two calls of CloudFormation: the newest call wins."""

    async def story(_):
        hands, newest = ecs_stories.by_hand(), next_version()
        ask("UpdateService", cluster=CLUSTER, service="app", desiredCount=3)
        hands.at += 60
        ecs._update_service({"cluster": CLUSTER, "service": "app", "taskDefinition": newest})
        return newest, service()

    newest, described = play(cloud, story)
    assert described["taskDefinition"] == newest
    assert [(d["status"], d["taskDefinition"] == newest) for d in described["deployments"]] == [
        ("PRIMARY", True),
        ("ACTIVE", False),
    ]


def next_version():
    """The ARN of the next version of what the service runs."""
    arn = service()["taskDefinition"]
    known = ask("DescribeTaskDefinition", taskDefinition=arn)["taskDefinition"]
    told = {name: known[name] for name in ("family", "cpu", "memory", "containerDefinitions")}
    return ask("RegisterTaskDefinition", **told)["taskDefinition"]["taskDefinitionArn"]


def test_an_update_ends_when_the_next_version_has_replaced_the_last(cloud):
    """UPDATE_COMPLETE no sooner: the deployment is completed, and no task of the old one serves."""

    async def story(_):
        [first] = service()["deployments"]
        wanted = ecs_stories.resources(desired=3)
        wanted["Task"]["Properties"]["Cpu"] = "512"
        stack = await cloud.update(CLUSTER, wanted)
        return stack["StackStatus"], first, service()["deployments"], tasks()

    status, first, [second], running = play(cloud, story, desired=3)
    assert (status, second["rolloutState"], second["runningCount"]) == ("UPDATE_COMPLETE", "COMPLETED", 3)
    assert second["taskDefinition"] != first["taskDefinition"]
    assert [task["cpu"] for task in running] == ["512"] * 3


def test_another_nonce_brings_tasks_to_another_capacity_provider(cloud):
    """Another strategy alone deploys nothing, as on AWS."""

    async def story(_):
        await cloud.update(CLUSTER, ecs_stories.resources(**on("FARGATE_SPOT")))
        before = tasks()
        forced = {"EnableForceNewDeployment": True, "ForceNewDeploymentNonce": "spot"}
        await cloud.update(CLUSTER, ecs_stories.resources(**on("FARGATE_SPOT"), ForceNewDeployment=forced))
        return [[task["capacityProviderName"] for task in listed] for listed in (before, tasks())]

    assert play(cloud, story, **on("FARGATE")) == [["FARGATE"] * 2, ["FARGATE_SPOT"] * 2]


def on(provider):
    """Of a service: by which capacity provider its tasks run."""
    return {"LaunchType": None, "CapacityProviderStrategy": [{"CapacityProvider": provider, "Weight": 1}]}


def test_an_update_whose_tasks_crash_goes_back_with_the_breakers_words(cloud):
    """ECS rolls the service back, CloudFormation the stack; the tasks of before go on serving."""

    async def story(_):
        before = {task["taskArn"] for task in tasks()}
        with registry.ordering(CLUSTER, ()) as (of_cluster, _now):
            of_cluster.crash_from_now("app", 1.0)
        wanted = ecs_stories.resources()
        wanted["Task"]["Properties"]["Cpu"] = "512"
        stack = await cloud.update(CLUSTER, wanted)
        return stack["StackStatus"], before, {task["taskArn"] for task in tasks()}

    status, before, after = play(cloud, story)
    assert (status, after) == ("UPDATE_ROLLBACK_COMPLETE", before)
    assert ("Service", "UPDATE_FAILED", standing.TRIPPED) in cloud.told(CLUSTER)


def test_a_bad_version_is_rolled_back_and_told_so(cloud):
    """The circuit breaker brings the old task definition back; the service deployment says what happened."""

    async def story(_):
        orders.deploy_crashing(CLUSTER, "app")
        await until(steady)
        listed = ask("ListServiceDeployments", cluster=CLUSTER, service="app")["serviceDeployments"]
        arns = [brief["serviceDeploymentArn"] for brief in listed]
        return ask("DescribeServiceDeployments", serviceDeploymentArns=[*arns, "arn:aws:ecs:x"])

    described = play(cloud, story)
    bad, good = described["serviceDeployments"]
    assert (bad["status"], good["status"]) == ("ROLLBACK_SUCCESSFUL", "SUCCESSFUL")
    assert bad["statusReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert bad["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert bad["rollback"]["serviceRevisionArn"] == good["targetServiceRevision"]["arn"]
    assert [revision["arn"] for revision in bad["sourceServiceRevisions"]] == [
        good["targetServiceRevision"]["arn"]
    ]
    assert described["failures"] == [{"arn": "arn:aws:ecs:x", "reason": "MISSING"}]


def test_a_deployment_can_be_stopped_once(cloud):
    """It rolls back; then there is nothing left to stop."""

    async def story(_):
        ask("UpdateService", cluster=CLUSTER, service="app", forceNewDeployment=True)
        [under_way] = ask(
            "ListServiceDeployments", cluster=CLUSTER, service="app", status=["PENDING", "IN_PROGRESS"]
        )["serviceDeployments"]
        arn = under_way["serviceDeploymentArn"]
        assert ask("StopServiceDeployment", serviceDeploymentArn=arn) == {"serviceDeploymentArn": arn}
        again = refused("StopServiceDeployment", serviceDeploymentArn=arn)
        await until(steady)
        [stopped] = ask("DescribeServiceDeployments", serviceDeploymentArns=[arn])["serviceDeployments"]
        return again, stopped["status"]

    assert play(cloud, story) == ("ConflictException", "ROLLBACK_SUCCESSFUL")


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("ListServiceDeployments", {"cluster": "none", "service": "app"}, "ClusterNotFoundException"),
        ("ListServiceDeployments", {"cluster": CLUSTER, "service": "none"}, "ServiceNotFoundException"),
        (
            "ListServiceDeployments",
            {"cluster": CLUSTER, "service": "app", "status": ["DONE"]},
            "InvalidParameterException",
        ),
        (
            "StopServiceDeployment",
            {"serviceDeploymentArn": "arn:aws:ecs:x"},
            "ServiceDeploymentNotFoundException",
        ),
        (
            "StopServiceDeployment",
            {"serviceDeploymentArn": "arn:aws:ecs:x", "stopType": "ABORT"},
            "UnsupportedFeatureException",
        ),
        ("DeleteService", {"cluster": CLUSTER, "service": "none"}, "ServiceNotFoundException"),
        ("DeleteService", {"cluster": CLUSTER, "service": "app"}, "InvalidParameterException"),
        ("StopTask", {"cluster": CLUSTER, "task": "none"}, "InvalidParameterException"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(cloud, action, body, code):
    """With AWS's error codes."""

    async def story(_):
        return refused(action, **body)

    assert play(cloud, story, desired=1) == code


def test_a_deleted_service_drains_and_leaves_nothing(cloud):
    """It is DRAINING until its last task has stopped; the cluster does not run any more then."""

    async def story(resources):
        ask("DeleteService", cluster=CLUSTER, service="app", force=True)
        before = service()["status"]
        again = refused("CreateService", cluster=CLUSTER, serviceName="app", taskDefinition="work")
        await until(lambda: service()["status"] == "INACTIVE")
        return before, again, service(), alb._targets[resources["Group"]["PhysicalResourceId"]]

    before, again, gone, targets = play(cloud, story)
    assert (before, again) == ("DRAINING", "InvalidParameterException")
    assert (gone["runningCount"], gone["deployments"], targets) == (0, [], [])
    assert registry.find(CLUSTER) is None


def test_a_deleted_stack_leaves_no_task(cloud):
    """CloudFormation waits until the service has drained."""

    async def story(_):
        await cloud.delete(CLUSTER)
        return {task["lastStatus"] for task in ecs._tasks.values()}, registry.every()

    assert play(cloud, story) == ({"STOPPED"}, [])


def test_a_creation_whose_tasks_crash_fails_with_the_breakers_words(cloud):
    """CloudFormation rolls back, as it does on AWS."""

    async def story():
        creation = asyncio.create_task(cloud.create(CLUSTER, ecs_stories.resources(desired=1)))
        await until(lambda: registry.find(CLUSTER) is not None)
        fleet().crash_from_now("app", 1)
        await creation
        return [reason for name, status, reason in cloud.told(CLUSTER) if status == "CREATE_FAILED"]

    [reason] = asyncio.run(story())
    assert "ECS Deployment Circuit Breaker was triggered" in reason


def test_clusters_of_nobodys_environment_get_what_they_ask_for_at_once(cloud):
    """No waiting, no users: what other tests want of ECS."""

    async def story():
        ask("CreateCluster", clusterName="plain")
        definition = ask(
            "RegisterTaskDefinition", family="plain", containerDefinitions=[{"name": "app", "image": "app"}]
        )["taskDefinition"]["taskDefinitionArn"]
        made = ask(
            "CreateService", cluster="plain", serviceName="one", taskDefinition=definition, desiredCount=2
        )
        assert made["service"]["runningCount"] == 2
        assert made["service"]["deployments"][0]["rolloutState"] == "COMPLETED"
        assert registry.running("plain") is None
        task = ask("ListTasks", cluster="plain")["taskArns"][0]
        ask("StopTask", cluster="plain", task=task)
        [again] = ask("DescribeServices", cluster="plain", services=["one"])["services"]
        assert again["runningCount"] == 2
        assert (
            ask("UpdateService", cluster="plain", service="one", desiredCount=0)["service"]["runningCount"]
            == 0
        )
        assert ask("DeleteService", cluster="plain", service="one")["service"]["status"] == "INACTIVE"

    asyncio.run(story())


def test_container_insights_writes_once_more_when_its_cluster_is_gone(cloud):
    """To a group that it makes where there is none, before and after; a declared one it leaves as it is."""
    insights = [{"name": "containerInsights", "value": "enabled"}]
    group, groups = "/aws/ecs/containerinsights/watched/performance", cloudwatch_logs._log_groups

    async def story():
        cloudwatch_logs._create_log_group({"logGroupName": group})
        groups[group]["retentionInDays"] = 30
        ask("CreateCluster", clusterName="watched", settings=insights)
        ask("CreateCluster", clusterName="plain")
        assert [groups[group]["retentionInDays"], *groups] == [30, group]
        for name in ("watched", "plain"):
            ask("DeleteCluster", cluster=name)
        del groups[group]
        await until(lambda: group in groups)
        return groups[group]["retentionInDays"], list(groups)

    assert asyncio.run(story()) == (None, [group])
