"""Workflows on the local cloud end as they would on AWS, above all when something goes wrong."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.contract.workbench import allow, eventually

pytestmark = pytest.mark.cloud

INVOKE = "arn:aws:states:::lambda:invoke"
TOKEN = "{% $states.context.Task.Token %}"  # noqa: S105 - where the token is found
MAY = (allow(["lambda:InvokeFunction", "sqs:SendMessage"]),)


def call(function, resource=INVOKE, **fields):
    payload = {"token": TOKEN} if resource.endswith("Token") else {}
    arguments = {"FunctionName": function, "Payload": payload}
    return {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True, **fields}


def ask(url, **fields):
    """A task that sends its token to the queue and waits to be answered."""
    message = {"token": TOKEN, "state": "{% $states.context.State.Name %}"}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": url, "MessageBody": message},
        "End": True,
        **fields,
    }


def parallel(*branches, **fields):
    listed = [
        {"StartAt": name, "States": {name: state}} for branch in branches for name, state in branch.items()
    ]
    return {"Type": "Parallel", "Branches": listed, "End": True, **fields}


def lasted(told):
    return (told["stopDate"] - told["startDate"]).total_seconds()


@pytest.fixture
def failing(bench):
    return bench.function(
        "class OddError(Exception): ...\ndef handle(event, context):\n    raise OddError('odd')\n"
    )


def test_a_function_that_fails_before_its_token_is_answered_fails_the_task(bench, failing):
    """The function's own error ends the task at once, and a catcher knows it by name."""
    waiting = call(failing, f"{INVOKE}.waitForTaskToken", TimeoutSeconds=36000)
    told = bench.run(bench.workflow({"Ask": waiting}, *MAY))
    assert told["status"] == "FAILED"
    assert "odd" in told["cause"]
    assert lasted(told) < 3600


def test_the_first_branch_that_fails_ends_the_others(bench, failing):
    """A branch that would wait an hour, and one that waits for its token, end with the failing one."""
    url, _ = bench.queue()
    waits = {"Wait": {"Type": "Wait", "Seconds": 36000, "End": True}}
    machine = bench.workflow({"All": parallel({"Fail": call(failing)}, waits, {"Ask": ask(url)})}, *MAY)
    told = bench.run(machine)
    assert told["status"] == "FAILED"
    assert "odd" in told["cause"]
    assert lasted(told) < 3600
    token = bench.received(url)[0]["token"]
    with pytest.raises(ClientError, match="TaskTimedOut"):
        bench.client("stepfunctions").send_task_success(taskToken=token, output="{}")


def test_each_branch_has_its_own_token(bench):
    """Many branches side by side: each answer reaches the branch that asked."""
    url, _ = bench.queue()
    names = [f"Ask {number}" for number in range(8)]
    execution = bench.start(bench.workflow({"All": parallel(*({name: ask(url)} for name in names))}, *MAY))
    asked = bench.received(url, len(names))
    assert sorted(message["state"] for message in asked) == names
    for message in asked:
        output = json.dumps({"answered": message["state"]})
        bench.client("stepfunctions").send_task_success(taskToken=message["token"], output=output)
    told = bench.ended(execution)
    assert [answer["answered"] for answer in json.loads(told["output"])] == names


def test_a_token_is_good_for_one_answer(bench):
    """The second answer is TaskTimedOut, and a token that never was is InvalidToken."""
    url, _ = bench.queue()
    execution = bench.start(bench.workflow({"Ask": ask(url)}, *MAY))
    token = bench.received(url)[0]["token"]
    states = bench.client("stepfunctions")
    states.send_task_failure(taskToken=token, error="NoError", cause="because")
    told = bench.ended(execution)
    assert (told["error"], told["cause"]) == ("NoError", "because")
    with pytest.raises(ClientError, match="TaskTimedOut"):
        states.send_task_success(taskToken=token, output="{}")
    with pytest.raises(ClientError, match="InvalidToken"):
        states.send_task_success(taskToken="no token", output="{}")


def test_stopping_ends_what_waits(bench):
    """A stopped execution is ABORTED, told so on EventBridge, and its token is spent."""
    url, _ = bench.queue()
    machine = bench.workflow({"Ask": ask(url)}, *MAY)
    execution = bench.start(machine)
    token = bench.received(url)[0]["token"]
    states = bench.client("stepfunctions")
    states.stop_execution(executionArn=execution, error="Stopped", cause="a person said so")
    told = bench.ended(execution)
    assert (told["status"], told["error"]) == ("ABORTED", "Stopped")

    def spent():
        try:
            states.send_task_heartbeat(taskToken=token)
        except ClientError as error:
            return "TaskTimedOut" in str(error)
        return False

    eventually(spent)
    assert statuses(bench, execution) == ["RUNNING", "ABORTED"]


def statuses(bench, execution):
    events = bench.events("Step Functions Execution Status Change")
    return [e["detail"]["status"] for e in events if e["detail"]["executionArn"] == execution]


def test_a_machine_times_out_as_a_whole(bench):
    """TimeoutSeconds of the machine ends it as TIMED_OUT, and EventBridge hears of it."""
    wait = {"Wait": {"Type": "Wait", "Seconds": 36000, "End": True}}
    execution = bench.start(bench.workflow(wait, TimeoutSeconds=60))
    told = bench.ended(execution)
    assert told["status"] == "TIMED_OUT"
    assert 59 <= lasted(told) < 600
    assert statuses(bench, execution) == ["RUNNING", "TIMED_OUT"]


def test_silence_past_the_heartbeat_fails_the_task(bench):
    """A heartbeat keeps the task alive, the next silence ends it with its own error."""
    url, _ = bench.queue()
    asked = ask(url, HeartbeatSeconds=120, TimeoutSeconds=36000)
    execution = bench.start(bench.workflow({"Ask": asked}, *MAY))
    bench.client("stepfunctions").send_task_heartbeat(taskToken=bench.received(url)[0]["token"])
    told = bench.ended(execution)
    assert told["error"] == "States.HeartbeatTimeout"
    assert 120 <= lasted(told) < 36000


def test_a_throttled_function_is_known_by_name(bench):
    """Lambda.TooManyRequestsException, so that a retrier can name it."""
    function = bench.function("def handle(event, context):\n    return 1\n")
    bench.client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    caught = {"ErrorEquals": ["Lambda.TooManyRequestsException"], "Next": "Known"}
    states = {
        "Call": call(function, Catch=[caught]),
        "Known": {"Type": "Pass", "Output": "known", "End": True},
    }
    assert json.loads(bench.run(bench.workflow(states, *MAY))["output"]) == "known"


def test_the_same_start_twice_is_one_execution(bench):
    """While it runs the same name and input answer with it; another input under its name is refused."""
    wait = {"Wait": {"Type": "Wait", "Seconds": 36000, "End": True}}
    machine = bench.workflow(wait)
    name = bench.name("same")
    first = bench.start(machine, {"n": 1}, name)
    assert bench.start(machine, {"n": 1}, name) == first
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        bench.start(machine, {"n": 2}, name)
    bench.client("stepfunctions").stop_execution(executionArn=first)


def test_what_a_parallel_state_retries_starts_afresh(bench, failing):
    """Each attempt runs all branches again, and the catcher has the last word."""
    retry = {"ErrorEquals": ["OddError", "Runtime.HandlerError"], "IntervalSeconds": 1, "MaxAttempts": 1}
    caught = {"ErrorEquals": ["States.ALL"], "Output": "{% $states.errorOutput.Cause %}", "Next": "Done"}
    state = parallel({"Fail": call(failing)}, Retry=[retry], Catch=[caught])
    del state["End"]
    machine = bench.workflow({"All": {**state, "Next": "Done"}, "Done": {"Type": "Succeed"}}, *MAY)
    execution = bench.start(machine)
    assert "odd" in bench.ended(execution)["output"]
    entered = [
        e for e in bench.history(execution) if e.get("stateEnteredEventDetails", {}).get("name") == "Fail"
    ]
    assert len(entered) == 2
