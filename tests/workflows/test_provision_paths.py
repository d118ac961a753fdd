"""Every path through the workflow `provision`, each test named by the states it goes through."""

from __future__ import annotations

import pytest

from tests.workflows.stage import ENVIRONMENT, answers, fails, in_turn, nodes, raises, says_nothing, stands

WORKFLOW = "ProvisionWorkflow"
FAILURE = ["Settle failed", "Provisioning failed"]
BUSY = (
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.SdkClientException",
    "Runtime.ExitError",
    "Sandbox.Timedout",
)


def test_preflight_stacks_check_ready(stage):
    """Everything holds: each node is asked for once, of the function of its kind, and READY is settled."""
    run = stage.play(WORKFLOW)
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == ["Preflight", "Common", "Stacks", "Check gateway", "Settle ready"]
    assert run.times("deploy-stack") == dict.fromkeys(nodes("stack"), 1)
    assert run.times("run-step") == dict.fromkeys(nodes("step"), 1)
    assert run.settled == [{"outcome": "READY"}]


def test_everybody_is_told_environment_and_attempt(stage):
    """No function has to ask which attempt it is called for; a node's token is its own."""
    run = stage.play(WORKFLOW)
    assert all({**payload, **ENVIRONMENT} == payload for _, payload in run.calls)
    tokens = [payload["token"] for payload in run.asked("deploy-stack")]
    assert len(set(tokens)) == len(tokens) == len(nodes("stack"))


def test_preflight_refuses(stage):
    """No stack is asked for; the environment is told why."""
    run = stage.play(WORKFLOW, preflight=raises("PreflightError", "10.20.0.0/16 overlaps vpc-1"))
    assert run.status == "FAILED"
    assert run.path == ["Preflight", *FAILURE]
    assert run.error == "PreflightError"
    (settled,) = run.settled
    assert (settled["outcome"], settled["error"]) == ("FAILED", "PreflightError")
    assert "10.20.0.0/16 overlaps vpc-1" in settled["cause"]


def test_preflight_prepare_common_stacks(stage):
    """Where no events come home from yet, the forwarder is made first, however often that must be asked."""
    run = stage.play(
        WORKFLOW,
        preflight=answers({"common": ["us-west-1"]}),
        prepare_common=in_turn(raises("CommonNotReadyError", "us-west-1: being made"), answers({})),
    )
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == [*("Preflight", "Common", "Prepare common", "Stacks", "Check gateway", "Settle ready")]
    assert len(run.asked("prepare-common")) == 2


def test_a_region_cannot_be_prepared(stage):
    """Nothing is made where nobody would hear of it."""
    run = stage.play(
        WORKFLOW,
        preflight=answers({"common": ["us-west-1"]}),
        prepare_common=raises("CommonFailedError", "no rule left"),
    )
    assert run.path == ["Preflight", "Common", "Prepare common", *FAILURE]
    assert "no rule left" in run.settled[0]["cause"]


def test_a_stack_fails_and_ends_the_others(stage):
    """The first failed resource's own reason is the cause; branches that still wait are given up."""
    waiting = dict.fromkeys(nodes() - {"data"}, says_nothing)
    reason = "stargate-sandbox-data: Database: storage full"
    run = stage.play(WORKFLOW, data=fails("StackFailedError", reason), **waiting)
    assert run.path == ["Preflight", "Common", "Stacks", *FAILURE]
    assert (run.error, run.cause) == ("StackFailedError", reason)
    assert run.settled == [{"outcome": "FAILED", "error": "StackFailedError", "cause": reason}]
    assert run.asked("check-gateway") == []


def test_the_step_fails(stage):
    """A step is a node like any other."""
    run = stage.play(WORKFLOW, run_step=fails("StepFailedError", "roles exited with 1"))
    assert run.path == ["Preflight", "Common", "Stacks", *FAILURE]
    assert (run.error, run.cause) == ("StepFailedError", "roles exited with 1")


def test_a_lost_event_then_the_truth_is_read_anew(stage):
    """A token unanswered for a quarter of an hour is given up, and the node asked for with a new one."""
    run = stage.play(WORKFLOW, edge=in_turn(says_nothing, says_nothing, stands))
    assert run.status == "SUCCEEDED", run.cause
    asked = [payload["token"] for payload in run.asked("deploy-stack") if payload["node"] == "edge"]
    assert len(set(asked)) == 3


def test_a_node_never_answers(stage):
    """After three hours the environment fails with a reason in words."""
    run = stage.play(WORKFLOW, waf=says_nothing)
    assert run.path == ["Preflight", "Common", "Stacks", *FAILURE]
    assert run.times("deploy-stack")["waf"] == 13
    assert run.error == "States.Timeout"
    assert run.cause.startswith("Some stack neither stood nor failed within three hours")


@pytest.mark.parametrize("error", BUSY)
def test_a_busy_lambda_is_asked_again(stage, error):
    """Throttles, Lambda's own troubles and a function that died are no failure of the environment."""
    busy = raises(error, "Rate exceeded")
    run = stage.play(
        WORKFLOW,
        preflight=in_turn(busy, answers({})),
        network=in_turn(busy, busy, stands),
        settle_environment=in_turn(busy, answers({})),
    )
    assert run.status == "SUCCEEDED", run.cause
    assert run.times("deploy-stack")["network"] == 3
    assert len(run.asked("preflight")) == 2


def test_a_mover_breaks(stage):
    """An error that nobody named is not repeated: the environment fails with it."""
    run = stage.play(WORKFLOW, models=raises("KeyError", "'Stacks'"))
    assert run.path == ["Preflight", "Common", "Stacks", *FAILURE]
    assert run.error == "KeyError"
    assert run.times("deploy-stack")["models"] == 1


def test_a_gateway_not_well_yet_then_well(stage):
    """A check that does not hold yet is asked again, and READY comes only after it."""
    run = stage.play(
        WORKFLOW, check_gateway=in_turn(raises("GatewayNotWellError", "litellm 1 of 2"), answers({}))
    )
    assert run.status == "SUCCEEDED", run.cause
    assert len(run.asked("check-gateway")) == 2
    assert run.settled == [{"outcome": "READY"}]


def test_a_gateway_never_well(stage):
    """After five minutes of asking the environment fails with what was measured last."""
    run = stage.play(WORKFLOW, check_gateway=raises("GatewayNotWellError", "litellm 1 of 2"))
    assert run.path == ["Preflight", "Common", "Stacks", "Check gateway", *FAILURE]
    assert len(run.asked("check-gateway")) == 21
    assert "litellm 1 of 2" in run.settled[0]["cause"]


def test_ready_cannot_be_written(stage):
    """Then it is not READY: the failure is settled instead, with why."""
    run = stage.play(
        WORKFLOW, settle_environment=in_turn(raises("ConflictError", "row changed"), answers({}))
    )
    assert run.path == ["Preflight", "Common", "Stacks", "Check gateway", "Settle ready", *FAILURE]
    assert [settled["outcome"] for settled in run.settled] == ["READY", "FAILED"]


def test_superseded_everywhere(stage):
    """A newer attempt has taken over: nothing is written, and the execution ends with its first error."""
    superseded = raises("SupersededError", "attempt 3 is the current one")
    run = stage.play(WORKFLOW, preflight=superseded, settle_environment=superseded)
    assert run.status == "FAILED"
    assert run.path == ["Preflight", *FAILURE]
    assert run.error == "SupersededError"
    assert len(run.settled) == 1
