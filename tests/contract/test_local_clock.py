"""Sixty seconds are sixty seconds wherever the local cloud tells the time."""

import json
import time
from datetime import UTC, datetime
from itertools import pairwise
from urllib.request import urlopen

import pytest
from botocore.config import Config

from tests.contract.workbench import allow, eventually

pytestmark = pytest.mark.cloud

MINUTE = 60
SLACK = 45  # simulated seconds: at 60 times, three quarters of a real second of computing on a busy machine


def seconds(event_or_text):
    text = event_or_text.replace("Z", "+00:00")
    return datetime.fromisoformat(text).timestamp()


def step(event):
    """What happened to which state."""
    details = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails") or {}
    return event["type"], details.get("name")


def a_minute(measured):
    return MINUTE - 1 <= measured <= MINUTE + SLACK


def test_the_clock_runs_at_its_scale(bench, cloud):
    """Between two looks the simulated time has moved by scale times the real time."""
    before, began = bench.now(), time.monotonic()
    eventually(lambda: bench.now() - before >= 10 * MINUTE)
    assert bench.now() - before == pytest.approx(
        (time.monotonic() - began) * cloud.time_scale, rel=0.02, abs=5
    )


def test_functions_live_in_simulated_time(bench):
    """time, time_ns and datetime agree with the cloud in a function, and its signed calls are accepted."""
    code = """
import datetime, time, boto3
def handle(event, context):
    boto3.client("sts").get_caller_identity()
    return [time.time(), time.time_ns() / 1e9, datetime.datetime.now(datetime.UTC).timestamp()]
"""
    function = bench.function(code)
    bench.invoke(function)
    before = bench.now()
    told = bench.invoke(function)
    after = bench.now()
    assert all(before - 0.01 <= moment <= after + 0.01 for moment in told)
    assert max(told) - min(told) < 1


def test_a_function_is_told_the_time_it_has_left_in_its_own_time(bench, cloud):
    """The remaining time of twenty real seconds, compared with the function's own clock, is right."""
    code = "def handle(event, context):\n    return context.get_remaining_time_in_millis()\n"
    left = bench.invoke(bench.function(code, Timeout=20)) / 1000
    assert 0.8 * 20 * cloud.time_scale < left <= 20 * cloud.time_scale


def test_a_wait_of_sixty_seconds_takes_sixty(bench):
    """Seconds, and a Timestamp sixty seconds ahead, by the workflow's own history."""
    wait = {"Type": "Wait", "Seconds": MINUTE, "Next": "Until"}
    ahead = "{% $fromMillis($toMillis($states.context.State.EnteredTime) + 60000) %}"
    until = {"Type": "Wait", "Timestamp": ahead, "End": True}
    execution = bench.start(bench.workflow({"Wait": wait, "Until": until}))
    bench.ended(execution)
    moments = {step(event): event["timestamp"].timestamp() for event in bench.history(execution)}
    for name in ("Wait", "Until"):
        assert a_minute(moments["WaitStateExited", name] - moments["WaitStateEntered", name])


def test_a_task_that_waits_for_its_token_times_out_after_sixty_seconds(bench):
    """TimeoutSeconds of a waiting task counts simulated seconds."""
    url, arn = bench.queue()
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": url, "MessageBody": {"token": "{% $states.context.Task.Token %}"}},
        "TimeoutSeconds": MINUTE,
        "End": True,
    }
    told = bench.run(bench.workflow({"Ask": task}, allow("sqs:SendMessage", arn)))
    assert (told["status"], told["error"]) == ("FAILED", "States.Timeout")
    assert a_minute((told["stopDate"] - told["startDate"]).total_seconds())


def test_a_retrier_waits_sixty_seconds(bench):
    """IntervalSeconds counts simulated seconds."""
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": MINUTE, "MaxAttempts": 1}
    put = {"TableName": "no-such-table", "Key": {"pk": {"S": "1"}}}
    task = {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "Arguments": put}
    machine = bench.workflow({"Read": {**task, "Retry": [retry], "End": True}}, allow("dynamodb:GetItem"))
    told = bench.run(machine)
    assert a_minute((told["stopDate"] - told["startDate"]).total_seconds())


def test_a_rule_of_each_minute_fires_each_minute(bench):
    """EventBridge's own `time` of three firings is a minute apart, within its ten seconds of precision."""
    url, arn = bench.queue()
    rule = bench.name("rule")
    bench.client("events").put_rule(Name=rule, ScheduleExpression="rate(1 minute)")
    bench.client("events").put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": arn}])
    moments = sorted(seconds(event["time"]) for event in bench.received(url, 3))
    bench.client("events").remove_targets(Rule=rule, Ids=["1"])
    bench.client("events").delete_rule(Name=rule)
    for earlier, later in pairwise(moments):
        assert 45 <= later - earlier <= MINUTE + SLACK


def test_the_scheduler_fires_at_its_simulated_time(bench):
    """A one-off schedule sixty seconds ahead fires sixty seconds on."""
    url, arn = bench.queue()
    role = bench.role("scheduler.amazonaws.com", allow("sqs:SendMessage", arn))
    before = bench.now()
    at = datetime.fromtimestamp(before + MINUTE, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    bench.client("scheduler").create_schedule(
        Name=bench.name("schedule"),
        ScheduleExpression=f"at({at})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": role, "Input": json.dumps({"fired": True})},
    )
    assert bench.received(url) == [{"fired": True}]
    assert MINUTE - 2 <= bench.now() - before <= MINUTE + SLACK + 15


def test_an_expired_item_goes_after_its_simulated_time(bench):
    """DynamoDB removes an item soon after the sixty seconds it was given, and not before."""
    table = bench.name("table")
    dynamodb = bench.client("dynamodb")
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
    expires = int(bench.now()) + MINUTE
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "1"}, "expires_at": {"N": str(expires)}})
    eventually(lambda: "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": "1"}}))
    assert expires <= bench.now() <= expires + 2 * MINUTE + SLACK


def test_stack_events_bear_simulated_time(bench):
    """CloudFormation's timestamps lie between two looks at the clock."""
    before = bench.now()
    stack = bench.name("stack")
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    formation = bench.client("cloudformation")
    formation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
    formation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
    events = formation.describe_stack_events(StackName=stack)["StackEvents"]
    moments = [event["Timestamp"].timestamp() for event in events]
    assert before - 1 <= min(moments) <= max(moments) <= bench.now() + 1


def test_a_presigned_url_of_real_time_is_good(bench, cloud):
    """What a person's tools sign for a minute of theirs is not held against simulated time."""
    s3 = cloud.client("s3", config=Config(signature_version="s3v4"))
    bucket = bench.name("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="key", Body=b"content")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "key"}, ExpiresIn=60)
    signed_at = bench.now()
    eventually(lambda: bench.now() > signed_at + 2 * MINUTE)
    with urlopen(url, timeout=10) as answer:  # noqa: S310
        assert answer.read() == b"content"
