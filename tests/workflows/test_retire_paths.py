"""Every path through the workflow `retire`, each test named by the states it goes through."""

from __future__ import annotations

from tests.workflows.stage import answers, fails, in_turn, nodes, raises, says_nothing, stands

WORKFLOW = "RetireWorkflow"
FAILURE = ["Settle failed", "Retiring failed"]


def test_stacks_check_retired(stage):
    """Everything goes: each node is asked for once, and nothing bears the tag any more."""
    run = stage.play(WORKFLOW)
    assert run.status == "SUCCEEDED", run.cause
    assert run.path == ["Stacks", "Dispose data", "Release common", "Check retired", "Settle retired"]
    assert run.times("remove-stack") == dict.fromkeys(nodes(), 1)
    assert run.settled == [{"outcome": "RETIRED"}]


def test_a_stack_will_not_go(stage):
    """The resource that refused is the cause; the environment stays, FAILED, and can be deleted again."""
    reason = "stargate-sandbox-network: Vpc has dependencies and cannot be deleted"
    run = stage.play(WORKFLOW, network=fails("StackFailedError", reason))
    assert run.path == ["Stacks", *FAILURE]
    assert run.settled == [{"outcome": "FAILED", "error": "StackFailedError", "cause": reason}]
    assert run.asked("check-retired") == []


def test_a_lost_event_then_the_truth_is_read_anew(stage):
    """As in provision."""
    run = stage.play(WORKFLOW, data=in_turn(says_nothing, stands))
    assert run.status == "SUCCEEDED", run.cause
    assert run.times("remove-stack")["data"] == 2


def test_a_node_never_answers(stage):
    """After three hours the environment fails with a reason in words."""
    run = stage.play(WORKFLOW, edge=says_nothing)
    assert run.path == ["Stacks", *FAILURE]
    assert run.cause.startswith("Some stack neither went nor failed within three hours")


def test_data_that_cannot_be_disposed_of(stage):
    """Nobody says RETIRED while secrets are neither scheduled nor gone."""
    run = stage.play(WORKFLOW, dispose_data=raises("ClientError", "the key is disabled"))
    assert run.path == ["Stacks", "Dispose data", *FAILURE]
    assert run.asked("check-retired") == []


def test_what_was_shared_goes_with_the_last(stage):
    """Asked again until it is gone; the removal of the environment waits for it."""
    gone = in_turn(raises("CommonNotGoneError", "stargate-shared-poc goes"), answers({}))
    run = stage.play(WORKFLOW, release_common=gone)
    assert run.status == "SUCCEEDED", run.cause
    assert len(run.asked("release-common")) == 2


def test_what_was_shared_will_not_go(stage):
    """The resource that refused is the cause; asked for again it goes on from there."""
    run = stage.play(WORKFLOW, release_common=raises("CommonFailedError", "a secret is replicated"))
    assert run.path == ["Stacks", "Dispose data", "Release common", *FAILURE]
    assert "a secret is replicated" in run.settled[0]["cause"]


def test_leftovers_that_the_tagging_api_still_lists_then_none(stage):
    """The tagging API lags: it is asked again."""
    run = stage.play(WORKFLOW, check_retired=in_turn(raises("LeftoversError", "vpc-1"), answers({})))
    assert run.status == "SUCCEEDED", run.cause
    assert len(run.asked("check-retired")) == 2


def test_leftovers_that_stay(stage):
    """After five minutes the environment fails, and the leftovers are named."""
    run = stage.play(WORKFLOW, check_retired=raises("LeftoversError", "vpc-1"))
    assert run.path == ["Stacks", "Dispose data", "Release common", "Check retired", *FAILURE]
    assert run.error == "LeftoversError"
    assert "vpc-1" in run.settled[0]["cause"]


def test_nothing_can_be_written(stage):
    """The execution still ends, with its first error: notice_workflow_end hears of it and settles."""
    broken = raises("ConflictError", "row changed")
    run = stage.play(WORKFLOW, settle_environment=broken)
    assert run.status == "FAILED"
    assert run.path == [
        "Stacks",
        "Dispose data",
        "Release common",
        "Check retired",
        "Settle retired",
        *FAILURE,
    ]
    assert run.error == "ConflictError"
