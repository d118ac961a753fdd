"""What is invoked asynchronously is allowed to be, and is not lost when all attempts fail."""

import json

import pytest

from tests.contract.workbench import allow, eventually

pytestmark = pytest.mark.cloud

FAILS = "def handle(event, context):\n    raise ValueError('no')\n"


def rule_for(bench, function, **target):
    """A rule on our own events with this target; its source and its ARN."""
    events = bench.client("events")
    source = bench.name("source")
    arn = events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))["RuleArn"]
    events.put_targets(Rule=source, Targets=[{"Id": "1", "Arn": function, **target}])
    return source, arn


def let_in(bench, function, rule_arn):
    bench.client("lambda").add_permission(
        FunctionName=function,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule_arn,
    )


def send(bench, source):
    entry = {"Source": source, "DetailType": "Test", "Detail": json.dumps({"n": 1})}
    bench.client("events").put_events(Entries=[entry])


def test_an_event_that_its_function_never_takes_reaches_the_destination(bench):
    """Three attempts, a minute and two minutes apart, then the destination for failures has the event."""
    url, queue = bench.queue()
    function = bench.function(FAILS, allow("sqs:SendMessage", queue))
    bench.client("lambda").put_function_event_invoke_config(
        FunctionName=function, DestinationConfig={"OnFailure": {"Destination": queue}}
    )
    source, arn = rule_for(bench, function)
    let_in(bench, function, arn)
    before = bench.now()
    send(bench, source)
    record = bench.received(url)[0]
    assert record["requestPayload"]["detail"] == {"n": 1}
    assert bench.now() - before >= 3 * 60


def test_a_direct_asynchronous_call_ends_in_its_dead_letter_queue(bench):
    """The function's own queue has the event after its last attempt."""
    url, queue = bench.queue()
    function = bench.function(FAILS, allow("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    bench.client("lambda").put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=0)
    bench.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload='{"n": 1}')
    assert "n" in json.dumps(bench.received(url)[0])


def test_a_rule_that_the_function_does_not_let_in_is_refused(bench):
    """Without the permission, or with another rule's, the event goes to the target's dead-letter queue."""
    url, queue = bench.queue()
    function = bench.function("def handle(event, context):\n    return 1\n")
    source, arn = rule_for(bench, function, DeadLetterConfig={"Arn": queue})
    let_in(bench, function, f"{arn}-other")
    send(bench, source)
    assert bench.received(url)[0]["detail"] == {"n": 1}


def test_an_undelivered_event_says_for_whom_it_was_and_why(bench):
    """In the attributes of its message, as EventBridge writes them."""
    url, queue = bench.queue()
    function = bench.function("def handle(event, context):\n    return 1\n")
    source, rule = rule_for(bench, function, DeadLetterConfig={"Arn": queue})
    send(bench, source)
    asked = {"QueueUrl": url, "MessageAttributeNames": ["All"], "VisibilityTimeout": 0}
    (message,) = eventually(lambda: bench.client("sqs").receive_message(**asked).get("Messages"))
    told = {name: one["StringValue"] for name, one in message["MessageAttributes"].items()}
    assert (told["RULE_ARN"], told["TARGET_ARN"]) == (rule, function)
    assert (told["ERROR_CODE"], rule.rpartition("/")[2] in told["ERROR_MESSAGE"]) == ("NO_PERMISSIONS", True)


SLOW = """
import json, time
import boto3
def handle(event, context):
    boto3.client("sqs").send_message(QueueUrl="{url}", MessageBody=json.dumps("began"))
    time.sleep(3)
    boto3.client("sqs").send_message(QueueUrl="{url}", MessageBody=json.dumps("ended"))
"""


def test_a_schedule_does_not_overtake_itself(bench):
    """A minute is a second here: what takes longer leaves minutes out instead of piling up."""
    url, queue = bench.queue()
    function = bench.function(SLOW.format(url=url), allow("sqs:SendMessage", queue))
    events, name = bench.client("events"), bench.name("schedule")
    arn = events.put_rule(Name=name, ScheduleExpression="rate(1 minute)")["RuleArn"]
    let_in(bench, function, arn)
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": function}])
    try:
        said = bench.received(url, 4)
    finally:
        events.remove_targets(Rule=name, Ids=["1"])
        events.delete_rule(Name=name)
    assert said[:4] == ["began", "ended", "began", "ended"]
