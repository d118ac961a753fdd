"""Rules that hold for every function of the control plane."""

from __future__ import annotations

import pytest

from tests.template.control_plane import (
    FUNCTIONS,
    GLOBALS,
    PROJECT,
    RESOURCES,
    WORKFLOWS,
    of_type,
    policies,
    translated,
)

# Managed policies of the template's own, by who needs the same rights: a plan runs preflight, too; what is
# decided by a fact is performed and measured by it.
SHARED = {
    "MayLookBeforehand": {"PreflightFunction", "PlanEnvironmentFunction"},
    "MayCompareStacks": {"ExamineDriftFunction"},  # long, and read for itself
    "LookAtGateways": {
        "ReceiveSignalFunction", "ExamineConditionsFunction", "PerformActionFunction", "VerifyEffectFunction",
        "ProbeGatewaysFunction", "ExplainEventFunction", "WatchQuotasFunction", "WatchBudgetsFunction",
        "TakeRequestFunction",
    },
    "SurveyGateways": {
        "ApiFunction", "BeginDrillFunction", "InjectFailureFunction", "TendDrillFunction",
        "KeepDrillsFunction",
    },
}  # fmt: skip
every_function = pytest.mark.parametrize("name", FUNCTIONS)
DEAD_LETTERS = {"Fn::GetAtt": ["DeadLetters", "Arn"]}

# Called without anybody waiting for the answer: by EventBridge, by another function, by CloudFormation.
ASYNCHRONOUS = {
    "NoticeProgressFunction", "NoticeWorkflowEndFunction", "DeployStackFunction", "RunStepFunction",
    "RemoveStackFunction", "PublishGatewayFunction", "TryRateLimitFunction", "ReceiveSignalFunction",
}  # fmt: skip
ANSWERING = {
    "PlanEnvironmentFunction",
    "ExplainEventFunction",
    "RedriveLettersFunction",
    "TakeRequestFunction",
}  # invoked by another that waits for its answer
# Called again and again: what one call lost, the next one finds.
TICKS = {
    "ExamineConditionsFunction": "rate(1 minute)",
    "KeepTimeFunction": "rate(5 minutes)",
    "ProbeGatewaysFunction": "rate(2 minutes)",
    "MeterUseFunction": "rate(10 minutes)",
    "OrderLooksFunction": "rate(1 minute)",
    "WatchQuotasFunction": "rate(1 minute)",
    "OrderReportsFunction": "rate(1 hour)",
    "WatchBudgetsFunction": "rate(10 minutes)",
    "RefreshPricesFunction": "rate(1 day)",
    "KeepDrillsFunction": "rate(5 minutes)",
}
BROUGHT_FORWARD = {"ExamineConditionsFunction"}  # a tick that an event may bring forward

RULES = {
    name: resource["Properties"]
    for name, resource in translated()["Resources"].items()
    if resource["Type"] == "AWS::Events::Rule"
}


def heard(rule: str) -> dict:
    return RULES[rule]["EventPattern"]["detail"]


def as_deployed(name: str) -> dict:
    return translated()["Resources"][name]["Properties"]


def test_each_folder_is_one_function():
    """One folder, one function, and the folder's name tells both."""
    folders = {path.parent.name for path in (PROJECT / "functions").glob("*/handler.py")}
    assert folders == {function["CodeUri"].split("/")[1] for function in FUNCTIONS.values()}
    for name, function in FUNCTIONS.items():
        verb = function["CodeUri"].split("/")[1]
        assert name == "".join(word.capitalize() for word in verb.split("_")) + "Function"
        assert function["FunctionName"] == {"Fn::Sub": "${AWS::StackName}-" + verb.replace("_", "-")}


@every_function
def test_it_is_built_without_pip(name):
    """All it imports comes with the layers, so a build needs no Python of the runtime's version."""
    assert RESOURCES[name]["Metadata"] == {"SkipBuild": True}
    assert list((PROJECT / FUNCTIONS[name]["CodeUri"]).glob("requirements*")) == []


@every_function
def test_it_runs_on_a_current_runtime_traced_and_bounded(name):
    """Runtime, architecture, memory, time-out and tracing are said, not left to defaults."""
    function = as_deployed(name)
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["x86_64"]
    assert function["MemorySize"] >= 512
    # A probe's beat cannot be handed on from one call to the next.
    assert function["Timeout"] <= (900 if name == "WatchGatewayFunction" else 120)
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert "ReservedConcurrentExecutions" not in function


@every_function
def test_it_writes_json_to_a_log_that_ends(name):
    """Its own log group, made by the stack, with retention: one that Lambda made would be kept for ever."""
    logging = as_deployed(name)["LoggingConfig"]
    assert logging["LogFormat"] == "JSON"
    group = RESOURCES[logging["LogGroup"]["Ref"]]
    assert group["Type"] == "AWS::Logs::LogGroup"
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_no_two_functions_share_a_log():
    """What one wrote is found without looking through another's."""
    groups = [function["LoggingConfig"]["LogGroup"]["Ref"] for function in FUNCTIONS.values()]
    assert len(set(groups)) == len(groups)


@every_function
def test_it_has_a_policy_of_its_own(name):
    """Rights are written beside the function that has them; no policy of AWS's grants what it does."""
    shared = [{"Ref": policy} for policy, owners in SHARED.items() if name in owners]
    assert len(policies(name)) == 1
    assert [policy for policy in FUNCTIONS[name]["Policies"] if "Statement" not in policy] == shared
    assert "Role" not in FUNCTIONS[name]
    managed = translated()["Resources"][f"{name}Role"]["Properties"]["ManagedPolicyArns"]
    aws = [arn.rsplit("/", 1)[1] for arn in managed if isinstance(arn, str)]
    assert aws == ["AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"]
    assert managed[2:] == shared


@every_function
def test_its_role_is_out_of_reach_of_the_gateways_templates(name):
    """CloudFormation's role may change role/stargate-*; the control plane's roles have a path before that."""
    assert GLOBALS["RolePath"] == "/control-plane/"
    assert translated()["Resources"][f"{name}Role"]["Properties"]["Path"] == "/control-plane/"


@pytest.mark.parametrize("name", sorted(ASYNCHRONOUS))
def test_an_asynchronous_call_is_never_lost(name):
    """After its retries the event goes to the dead letters."""
    config = translated()["Resources"][f"{name}EventInvokeConfig"]["Properties"]
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == DEAD_LETTERS
    assert config["MaximumRetryAttempts"] == 2


def _invoked(resource: dict) -> str:
    """The function that a policy lets be invoked: referred to, or named because it cannot be."""
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0]
    verb = resource["Fn::Sub"].rpartition("${AWS::StackName}-")[2]
    return "".join(word.capitalize() for word in verb.split("-")) + "Function"


def test_the_asynchronous_functions_are_all_known():
    """A function with an event rule, or that another may invoke, or that a custom resource calls."""
    by_rule = {
        name
        for name, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "EventBridgeRule"
    }
    by_schedule = {
        name
        for name, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Schedule"
    }
    by_function = {
        _invoked(resource)
        for name in FUNCTIONS
        for policy in policies(name)
        for statement in policy["Statement"]
        if "lambda:InvokeFunction" in statement["Action"]
        for resource in statement["Resource"]
        if "Fn::GetAtt" in resource  # and no observer, whose answer is waited for
    }
    by_cloudformation = {
        resource["Properties"]["ServiceToken"]["Fn::GetAtt"][0]
        for resource in RESOURCES.values()
        if resource["Type"].startswith("Custom::")
    }
    assert by_rule | by_function | by_cloudformation == ASYNCHRONOUS | ANSWERING | BROUGHT_FORWARD
    assert by_schedule == set(TICKS)


@pytest.mark.parametrize("name", sorted(TICKS))
def test_a_tick_is_not_repeated(name):
    """The next minute's call reads the same truth; one of the last minute would only stand in its way."""
    config = translated()["Resources"][f"{name}EventInvokeConfig"]["Properties"]
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 300)
    assert config["DestinationConfig"] == {}


@pytest.mark.parametrize(("name", "rate"), TICKS.items())
def test_a_tick_comes_at_its_rate(name, rate):
    """The schedule starts enabled, and its own retries end with the minute."""
    (rule,) = [rule for key, rule in RULES.items() if "ScheduleExpression" in rule and key.startswith(name)]
    assert rule["ScheduleExpression"] == rate
    assert rule.get("State", "ENABLED") == "ENABLED"
    assert rule["Targets"][0]["RetryPolicy"] == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}


@pytest.mark.parametrize("rule", [name for name, it in RULES.items() if "EventPattern" in it])
def test_an_event_that_cannot_be_delivered_is_never_lost(rule):
    """EventBridge repeats for an hour, then hands the event to the dead letters."""
    (target,) = RULES[rule]["Targets"]
    assert target["DeadLetterConfig"]["Arn"] == DEAD_LETTERS
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 8, "MaximumEventAgeInSeconds": 3600}


def test_the_rules_hear_what_moves_an_environment_on():
    """Stacks of environments, but not the control plane's own; ends of resources, tasks and workflows."""
    stacks = [{"wildcard": "arn:*:cloudformation:*:stack/stargate-*/*"}]
    assert heard("NoticeProgressFunctionStackChanged") == {"stack-id": stacks}
    assert heard("NoticeProgressFunctionResourceChanged") == {
        "stack-id": stacks,
        "status-details": {"status": [{"anything-but": {"suffix": "_IN_PROGRESS"}}]},
    }
    assert heard("NoticeProgressFunctionTaskStopped") == {
        "lastStatus": ["STOPPED"],
        "startedBy": [{"prefix": "stargate/"}],
    }
    ends = heard("NoticeWorkflowEndFunctionWorkflowEnded")
    assert ends["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    # A report leaves nothing behind that had to be settled, and the next hour begins it again.
    settled = [name for name in WORKFLOWS if name != "ReportCostsWorkflow"]
    assert ends["stateMachineArn"] == [{"Ref": name} for name in settled]


def test_what_breaks_is_told_to_the_operators():
    """An alarm on each thing that can break, each saying what it means, each told to the topic."""
    alarms = of_type("AWS::CloudWatch::Alarm")
    watched = {(alarm["Namespace"], alarm["MetricName"]) for alarm in alarms.values()}
    assert watched == {
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/States", "ExecutionsFailed"),
        ("AWS/States", "ExecutionsTimedOut"),
        ("AWS/ApiGateway", "5XXError"),
    }
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [{"Ref": "Operators"}]
        assert len(alarm["AlarmDescription"]) > 40
        assert alarm["TreatMissingData"] == "notBreaching"


def test_functions_that_raise_to_say_no_have_no_alarm_on_errors():
    """Of these a raised error is an answer that the workflows expect; all others are watched."""
    watched = {
        alarm["Dimensions"][0]["Value"]["Ref"]
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "Errors"
    }
    assert set(FUNCTIONS) - watched == {
        *("PreflightFunction", "PrepareCommonFunction", "CheckGatewayFunction", "CheckRetiredFunction"),
        *("SleepGatewayFunction", "WakeGatewayFunction", "ExamineDriftFunction"),
        *("BeginDrillFunction", "WatchGatewayFunction", "RehearseRestoreFunction"),
    }
