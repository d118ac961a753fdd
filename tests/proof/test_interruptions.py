"""Workflows are stopped by an operator, again and again: asking again brings the environment to its end."""

import pytest

from stargate.domain.gateway.graph import PLAIN
from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled

pytestmark = pytest.mark.cloud

STONY = {"name": "stony", "preset": "sandbox", "overrides": {"network": {"cidr": "10.60.0.0/16"}}}


def stop(cloud, environment):
    """What an operator does in the Step Functions console."""
    workflows = cloud.client("stepfunctions")
    name = f"{environment['id']}-{environment['attempt']}"
    for machine in workflows.list_state_machines()["stateMachines"]:
        running = workflows.list_executions(
            stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING"
        )["executions"]
        for execution in running:
            if execution["name"] == name:
                workflows.stop_execution(
                    executionArn=execution["executionArn"], error="Stopped", cause="by hand"
                )
                return
    raise AssertionError(f"{name} does not run")


def stacks(cloud):
    """Every stack that ever bore the environment's name, with where it stands."""
    pages = cloud.client("cloudformation").get_paginator("list_stacks").paginate()
    return [
        (stack["StackName"], stack["StackStatus"])
        for page in pages
        for stack in page["StackSummaries"]
        if stack["StackName"].startswith("stargate-stony-")
    ]


def interrupted(cloud, api, progress):
    """Let the environment come as far as this, then stop its workflow; returns how it was left."""
    document = follow(api, "stony", lambda now: settled(now) or now["progress"] >= progress)[-1]
    stop(cloud, document)
    return follow(api, "stony", settled)[-1]


@pytest.fixture(scope="module")
def creation(cloud, api):
    """How it was left after each interruption of its creation, and at its end."""
    left = []
    for progress in (0.0, 0.3, 0.65):
        assert api.post("/environments", STONY).status == 202
        left.append(interrupted(cloud, api, progress))
    assert api.post("/environments", STONY).status == 202
    left.append(follow(api, "stony", settled)[-1])
    return left


def test_a_stopped_workflow_leaves_a_failed_environment_that_says_so(creation):
    """Not one that is PROVISIONING for ever."""
    for document in creation[:-1]:
        assert document["status"] == "FAILED"
        assert "ABORTED" in document["failure"]["reason"] or "by hand" in document["failure"]["reason"]


def test_asking_again_ends_ready_with_each_stack_made_once(creation, cloud):
    """What stood or was in the making when the workflow was stopped is not made a second time."""
    assert (creation[-1]["status"], creation[-1]["attempt"]) == ("READY", 4)
    expected = [(f"stargate-stony-{node.name}", "CREATE_COMPLETE") for node in PLAIN.stacks]
    assert sorted(stacks(cloud)) == sorted(expected)


def test_a_stopped_removal_goes_on_when_asked_again(creation, cloud, api):
    """Half removed is not the end of it."""
    assert creation[-1]["status"] == "READY"
    assert let_go(api, "stony").status == 202
    assert interrupted(cloud, api, 0.2)["status"] == "FAILED"
    assert let_go(api, "stony").status == 202
    assert follow(api, "stony", settled)[-1]["status"] == "RETIRED"
    assert {status for _, status in stacks(cloud)} == {"DELETE_COMPLETE"}
