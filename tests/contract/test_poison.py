"""An event that the code cannot survive: it is repeated, given up with its reason, and an alarm says so."""

import json

import pytest

from stargate.adapters.attributes import encode_row
from tests.contract.workbench import eventually, silent_alarm

pytestmark = pytest.mark.cloud

NAME, IDENTIFIER = "poisoned", "00000000dead"
ALARM = f"stargate-{NAME}-litellm-cpu-critical"
FUNCTION = "stargate-receive-signal"
CORRUPT = {"pk": f"env#{IDENTIFIER}", "sk": "ops#condition#cpu-high#litellm", "kind": "cpu-high"}


def output(cloud, name):
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="stargate")["Stacks"]
    return next(one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == name)


@pytest.fixture
def corrupt(cloud):
    """An environment of which one row is as no version of ours would write it."""
    dynamodb, table = cloud.client("dynamodb"), output(cloud, "TableName")
    environment = {
        "pk": f"env#{IDENTIFIER}",
        "sk": "environment",
        "id": IDENTIFIER,
        "name": NAME,
        "preset": "sandbox",
        "region": cloud.region,
        "status": "READY",
        "attempt": 1,
        "gateway_version": "0",
        "spec": {
            "network": {"cidr": "10.20.0.0/16", "nat": "one"},
            "litellm": {"cpu": 2048, "memory": 4096, "min_tasks": 2, "max_tasks": 6},
            "grafana": {"tasks": 2},
            "langfuse": {"tasks": 2},
            "database": {
                "class": "db.r6g.large",
                "storage_gb": 100,
                "max_storage_gb": 200,
                "multi_az": True,
            },
        },
        "created_at": 0,
        "updated_at": 0,
        "attempt_started_at": 0,
        "cause": "test",
    }
    rows = [environment, {"pk": f"name#{NAME}", "sk": "name", "id": IDENTIFIER}, CORRUPT]
    for row in rows:
        dynamodb.put_item(TableName=table, Item=encode_row(row))
    yield
    for row in rows:
        key = {name: row[name] for name in ("pk", "sk")}
        dynamodb.delete_item(TableName=table, Key=encode_row(key))


@pytest.fixture
def ringing(cloud):
    """An alarm of that environment, which somebody sets off."""
    cloudwatch = cloud.client("cloudwatch")
    silent_alarm(cloudwatch, ALARM)
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="OK", StateReason="quiet")
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="poison")
    yield ALARM
    cloudwatch.delete_alarms(AlarmNames=[ALARM])


def queue_of(cloud):
    resources = cloud.client("cloudformation").describe_stack_resource(
        StackName="stargate", LogicalResourceId="DeadLetters"
    )
    return resources["StackResourceDetail"]["PhysicalResourceId"]


def letters(cloud, url):
    """What receive_signal was given and did not survive, of this alarm."""
    answer = cloud.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    bodies = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
    return [one for one in bodies if ALARM in json.dumps(one.get("requestPayload", {}))]


def state_of(cloud, logical_id):
    alarms = cloud.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"stargate-{logical_id}")
    return alarms["MetricAlarms"][0]["StateValue"]


def test_a_poison_event_ends_among_the_dead_letters_and_the_operators_hear_of_it(cloud, corrupt, ringing):
    """Three attempts; the letter names the row that nobody can read; the alarm rings within minutes."""
    url = queue_of(cloud)
    (letter, *_) = eventually(lambda: letters(cloud, url))
    assert letter["requestContext"]["condition"] == "RetriesExhausted"
    assert letter["requestContext"]["approximateInvokeCount"] == 3
    assert FUNCTION in letter["requestContext"]["functionArn"]
    assert letter["responsePayload"]["errorType"] == "UnreadableRowError"
    assert f"{CORRUPT['pk']} {CORRUPT['sk']}" in letter["responsePayload"]["errorMessage"]
    assert letter["requestPayload"]["detail"]["alarmName"] == ringing
    eventually(lambda: state_of(cloud, "DeadLettersNotEmpty") == "ALARM")
    cloud.client("sqs").purge_queue(QueueUrl=url)
