"""Rules of the house for every workflow, proven on its definition: no emulator enforces them all."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from stargate import errors
from stargate.domain.gateway.graph import GATEWAY
from tests.template.asl import DEFINITIONS, PATHS, SUBSTITUTION, substituted, walk
from tests.template.control_plane import FUNCTIONS, PROJECT, WORKFLOWS, translated

every_workflow = pytest.mark.parametrize("workflow", WORKFLOWS)
# Those that bring an environment from one status to another; remediate acts on one as it is.
of_attempts = pytest.mark.parametrize("workflow", ["ProvisionWorkflow", "RetireWorkflow"])
every_task = pytest.mark.parametrize(
    ("workflow", "name"),
    [
        (workflow, name)
        for workflow, it in DEFINITIONS.items()
        for name, state, _ in walk(it)
        if state["Type"] == "Task"
    ],
)
STATES_IN_ONE_GRAPH = 15
WORKED_ON = {
    "RemediateWorkflow": "action_id",
    "DrillWorkflow": "drill_id",
    "DrillRestoreWorkflow": "drill_id",
    "ReportCostsWorkflow": "day",
    "DriftWorkflow": "execution",
}
# A function that ran out of its time, or whose process died, is told of by its runtime's own name.
AWS_ERRORS = re.compile(r"States\.\w+|Lambda\.\w+|Sandbox\.Timedout|Runtime\.ExitError")
# It leaves nothing to settle: that it failed is told by notice_workflow_end, and the next turn looks again.
UNSETTLED = {"DriftWorkflow": "Examination failed"}


def state_of(workflow: str, name: str):
    return next((state, parent) for found, state, parent in walk(DEFINITIONS[workflow]) if found == name)


@every_workflow
def test_asl_validator_accepts_it(workflow, tmp_path):
    """As written and as deployed; MiniStack's own validation says yes to everything."""
    deployed = tmp_path / "deployed.asl.json"
    deployed.write_text(json.dumps(substituted(workflow)))
    for path in (PATHS[workflow], deployed):
        ran = subprocess.run(
            [PROJECT / "node_modules/.bin/asl-validator", "--json-path", path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


@every_workflow
def test_it_is_jsonata_with_an_end_and_a_purpose(workflow):
    """One language, a time-out for the whole of it, and a sentence that says what it is for."""
    definition = DEFINITIONS[workflow]
    assert definition["QueryLanguage"] == "JSONata"
    assert 3600 <= definition["TimeoutSeconds"] <= 86_400
    assert len(definition["Comment"]) > 40
    assert len(definition["States"]) <= STATES_IN_ONE_GRAPH


@every_workflow
def test_it_is_given_exactly_what_it_names(workflow):
    """No placeholder without a value, none the other way round, and each of the name of its function."""
    given = WORKFLOWS[workflow]["DefinitionSubstitutions"]
    assert set(SUBSTITUTION.findall(PATHS[workflow].read_text())) == set(given)
    assert {name: {"Fn::GetAtt": [name, "Arn"]} for name in given} == given
    assert set(given) <= set(FUNCTIONS)


@every_workflow
def test_it_logs_without_what_flows_through_it(workflow):
    """Tokens and causes stay out of the log; each step is in it."""
    logging = translated()["Resources"][workflow]["Properties"]["LoggingConfiguration"]
    assert logging["Level"] == "ALL"
    assert logging["IncludeExecutionData"] is False
    assert translated()["Resources"][workflow]["Properties"]["TracingConfiguration"] == {"Enabled": True}


@pytest.mark.parametrize(
    ("workflow", "graph"), [("ProvisionWorkflow", GATEWAY), ("RetireWorkflow", GATEWAY.reversed())]
)
def test_a_person_reads_the_gateways_graph_in_it(workflow, graph):
    """One branch per node, in the graph's order, each a single state that bears the node's name."""
    branches = DEFINITIONS[workflow]["States"]["Stacks"]["Branches"]
    assert [branch["StartAt"] for branch in branches] == list(graph.names)
    for branch in branches:
        assert list(branch["States"]) == [branch["StartAt"]]
        (state,) = branch["States"].values()
        assert state["Type"] == "Task"
        assert state["Arguments"]["Payload"]["node"] == branch["StartAt"]


def test_each_node_goes_to_the_function_of_its_kind():
    """Stacks are deployed, the step is prepared, and all of it is removed by one."""
    for branch in DEFINITIONS["ProvisionWorkflow"]["States"]["Stacks"]["Branches"]:
        kind = GATEWAY.node(branch["StartAt"]).kind
        expected = {"stack": "${DeployStackFunction}", "step": "${RunStepFunction}"}[kind]
        assert branch["States"][branch["StartAt"]]["Arguments"]["FunctionName"] == expected
    for branch in DEFINITIONS["RetireWorkflow"]["States"]["Stacks"]["Branches"]:
        assert branch["States"][branch["StartAt"]]["Arguments"]["FunctionName"] == "${RemoveStackFunction}"


@every_task
def test_a_task_says_why_it_is_there(workflow, name):
    """The comment is what a person at the console reads."""
    state, _ = state_of(workflow, name)
    assert len(state["Comment"]) >= 15


@every_task
def test_a_task_cannot_wait_for_ever(workflow, name):
    """A function gets longer than its own time-out, a token's answer a quarter of an hour."""
    state, _ = state_of(workflow, name)
    function = state["Arguments"]["FunctionName"].strip("${}")
    own = translated()["Resources"][function]["Properties"]["Timeout"]
    if state["Resource"].endswith(".waitForTaskToken"):
        assert state["TimeoutSeconds"] == 900
    else:
        assert own < state["TimeoutSeconds"] <= (905 if name == "Watch" else 120)


@every_task
def test_a_task_is_repeated_for_named_errors_only(workflow, name):
    """Each retrier names its errors, is bounded in number and in delay, and says how it spreads."""
    state, _ = state_of(workflow, name)
    for retrier in state["Retry"]:
        assert retrier["ErrorEquals"]
        assert not {"States.ALL", "States.TaskFailed"} & set(retrier["ErrorEquals"])
        assert retrier["IntervalSeconds"] < retrier["MaxDelaySeconds"] <= 30
        assert 1 <= retrier["BackoffRate"] <= 2
        # Whoever is asked "not yet?" may need an hour; whatever broke is not asked as often.
        assert 1 <= retrier["MaxAttempts"] <= (180 if retrier["JitterStrategy"] == "NONE" else 36)
        assert retrier["JitterStrategy"] in {"FULL", "NONE"}


@every_task
def test_a_task_outlives_a_busy_lambda_and_a_lost_answer(workflow, name):
    """Throttling, a broken service, and a function without time or process are no failure."""
    state, _ = state_of(workflow, name)
    repeated = {error for retrier in state["Retry"] for error in retrier["ErrorEquals"]}
    assert repeated >= {
        "States.Timeout", "AwsThrottledError", "Lambda.TooManyRequestsException", "Lambda.ServiceException",
        "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.Unknown", "Sandbox.Timedout",
        "Runtime.ExitError",
    }  # fmt: skip


@every_task
def test_an_even_beat_is_for_measured_checks_only(workflow, name):
    """Only what raises to say "not yet" is asked without jitter: nobody else asks at the same time."""
    state, _ = state_of(workflow, name)
    even = [retrier["ErrorEquals"] for retrier in state["Retry"] if retrier["JitterStrategy"] == "NONE"]
    expected = {
        "Prepare common": [["CommonNotReadyError"]],
        "Check gateway": [["GatewayNotWellError"]],
        "Check retired": [["LeftoversError"]],
        "Release common": [["CommonNotGoneError"]],
        "Sleep": [["NotAsleepYetError"]],
        "Wake": [["NotAwakeYetError"]],
        "Announce and mute": [["DrillWaitsError"]],
        "Announce": [["DrillWaitsError"]],
        "Mark": [["NotRestoredYetError"]],
        "Restore beside": [["NotRestoredYetError"]],
        "Check it": [["NotRestoredYetError"]],
        "Delete it": [["NotPutBackYetError"]],
        "Examine": [["DriftNotExaminedYetError"]],
    }
    if (workflow, name) == ("DrillRestoreWorkflow", "Settle failed"):
        assert even == [["NotPutBackYetError"]]
        return
    assert even == expected.get(name, [])


@every_task
def test_every_failure_ends_in_the_one_visible_state(workflow, name):
    """Its own catch or that of the Parallel state around it; the settling itself goes straight to the end."""
    state, parent = state_of(workflow, name)
    catchers = state.get("Catch") or parent["Catch"]
    assert catchers[-1]["ErrorEquals"] == ["States.ALL"]
    states = DEFINITIONS[workflow]["States"]
    following = {catcher["Next"] for catcher in catchers}
    if name == "Settle failed":
        (last,) = following
        assert states[last]["Type"] == "Fail"
        return
    assert following == {UNSETTLED.get(workflow, "Settle failed")}
    for catcher in catchers:
        assert set(catcher["Assign"]) == {"error", "cause"}
    assert catchers[-1]["Assign"]["error"] == "{% $states.errorOutput.Error %}"
    assert "$states.errorOutput.Cause" in catchers[-1]["Assign"]["cause"]


@every_workflow
def test_the_end_keeps_error_and_cause(workflow):
    """What the first failure said is what the execution ends with, and what the environment is told."""
    states = DEFINITIONS[workflow]["States"]
    (last,) = [state for state in states.values() if state["Type"] == "Fail"]
    assert (last["Error"], last["Cause"]) == ("{% $error %}", "{% $cause %}")
    if workflow in UNSETTLED:
        return
    told = states["Settle failed"]["Arguments"]["Payload"]
    assert told["outcome"].upper() == "FAILED"
    assert (told["error"], told["cause"]) == ("{% $error %}", "{% $cause %}")


@of_attempts
def test_a_branch_that_never_answers_has_a_clear_reason(workflow):
    """Time-outs all used up say so in words, rather than States.Timeout with nothing else."""
    first, *_ = DEFINITIONS[workflow]["States"]["Stacks"]["Catch"]
    assert first["ErrorEquals"] == ["States.Timeout"]
    assert "within three hours" in first["Assign"]["cause"]


@of_attempts
def test_the_whole_outlasts_its_parts(workflow):
    """The machine's time-out comes after the branches' own, whose clear reason is then the one told."""
    definition = DEFINITIONS[workflow]
    (branch, *_) = definition["States"]["Stacks"]["Branches"]
    task = branch["States"][branch["StartAt"]]
    waiting = next(retrier for retrier in task["Retry"] if retrier["ErrorEquals"] == ["States.Timeout"])
    longest = (waiting["MaxAttempts"] + 1) * (task["TimeoutSeconds"] + waiting["MaxDelaySeconds"])
    assert 3 * 3600 <= longest < definition["TimeoutSeconds"] - 1200


@every_workflow
def test_the_errors_it_names_are_ours_or_awss(workflow):
    """Errors are matched by the name of their class: renaming one must not go unnoticed."""
    named = {
        error
        for _, state, _ in walk(DEFINITIONS[workflow])
        for clause in [*state.get("Retry", []), *state.get("Catch", [])]
        for error in clause["ErrorEquals"]
        if not AWS_ERRORS.fullmatch(error)
    }
    assert named
    assert [error for error in named if not hasattr(errors, error)] == []


@every_task
def test_a_task_is_told_what_it_works_on(workflow, name):
    """Every function can tell a call of the current attempt, or action, from one that is over."""
    state, _ = state_of(workflow, name)
    payload = state["Arguments"]["Payload"]
    for field in ("environment_id", WORKED_ON.get(workflow, "attempt")):
        assert payload[field] == f"{{% $states.context.Execution.Input.{field} %}}"
    assert ("token" in payload) is state["Resource"].endswith(".waitForTaskToken")


def test_remediate_waits_by_itself_and_ends_in_a_settling():
    """No function waits for an effect; every way that touched the gateway leads through a Settle."""
    states = DEFINITIONS["RemediateWorkflow"]["States"]
    assert states["Wait for the effect"]["Type"] == "Wait"
    ends = {
        name for name, state in states.items() if state.get("End") or state["Type"] in {"Succeed", "Fail"}
    }
    assert ends == {"Nothing was touched", "Settle", "Remediation failed"}
    leading = {name for name, state in states.items() if state.get("Next") == "Remediation failed"}
    assert leading == {"Settle failed"}
    (performed,) = states["Performed?"]["Choices"]
    assert (performed["Next"], states["Performed?"]["Default"]) == (
        "Wait for the effect",
        "Nothing was touched",
    )


def test_remediate_repeats_what_passes_by_itself():
    """A throttle of AWS's and a row that somebody else wrote are asked again, by every one of its tasks."""
    for name, state, _ in walk(DEFINITIONS["RemediateWorkflow"]):
        if state["Type"] == "Task":
            repeated = {error for retrier in state["Retry"] for error in retrier["ErrorEquals"]}
            assert repeated >= {"AwsThrottledError", "ConflictError"}, name
