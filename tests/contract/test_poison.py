"""An event that the code cannot survive: it is repeated, given up with its reason, and an alarm says so."""

import json
from urllib.request import urlopen

import pytest
from botocore.credentials import Credentials

from cli.client import ApiClient
from stargate.adapters.state.attributes import encode_row
from tests.contract.workbench import eventually, silent_alarm

pytestmark = pytest.mark.cloud

NAME, IDENTIFIER = "poisoned", "00000000dead"
ALARM = f"stargate-{NAME}-litellm-cpu-warning"  # nothing is done about it, and it is no incident
FUNCTION = "stargate-receive-signal"
CORRUPT = {"pk": f"env#{IDENTIFIER}", "sk": "ops#condition#cpu-high#litellm", "kind": "cpu-high"}


@pytest.fixture
def api(cloud):
    return ApiClient(cloud.api, cloud.region, Credentials(cloud.access_key_id, cloud.secret_access_key))


@pytest.fixture
def corrupt(cloud):
    """An environment of which one row is as no version of ours would write it."""
    dynamodb, table = cloud.client("dynamodb"), cloud.output("TableName")
    environment = {
        "pk": f"env#{IDENTIFIER}",
        "sk": "environment",
        "id": IDENTIFIER,
        "name": NAME,
        "preset": "sandbox",
        "region": cloud.region,
        "status": "READY",
        "mode": "observe",
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
    cloud.client("sqs").purge_queue(QueueUrl=queue_of(cloud))
    clear(dynamodb, table)
    dynamodb.delete_item(TableName=table, Key=encode_row({"pk": f"name#{NAME}", "sk": "name"}))


def clear(dynamodb, table):
    """All that was written of it: an open condition of nobody would be examined for ever."""
    values = {":pk": {"S": f"env#{IDENTIFIER}"}}
    asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": values}
    for row in dynamodb.query(TableName=table, **asked)["Items"]:
        dynamodb.delete_item(TableName=table, Key={name: row[name] for name in ("pk", "sk")})


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
    eventually(lambda: any("DeadLettersNotEmpty" in one for one in texts(cloud)))


def texts(cloud):
    """What people were told, as the local cloud keeps it."""
    with urlopen(f"{cloud.twin}/messages", timeout=10) as answer:  # noqa: S310
        return [one["by_protocol"]["default"] for one in json.load(answer)["messages"]]


def test_what_was_given_up_is_brought_back_once_its_reason_is_mended(cloud, api, corrupt, ringing):
    """Shown with its reason and nothing of what it carries; brought back it is decided on, and once only."""
    url = queue_of(cloud)
    eventually(lambda: letters(cloud, url))
    answer = api.get("/redrive")
    assert answer.status == 200, answer.text
    shown = answer.document["letters"]
    assert {(one["function"], one["outcome"]) for one in shown} == {("receive-signal", "shown")}
    assert all(one["reason"].startswith("UnreadableRowError") for one in shown)
    assert "poison" not in json.dumps(shown)  # the reason with which the alarm was set off
    mend(cloud)
    copy = cloud.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"][0]["Body"]
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody=copy)
    brought = [one["outcome"] for one in api.post("/redrive", {}).document["letters"]]
    assert set(brought) == {"brought back"}
    assert len(brought) > len(shown)
    told = json.loads(copy)["requestPayload"]["id"]
    eventually(lambda: told in [entry["cause"] for entry in signals(api)])
    opened = api.get(f"/environments/{NAME}/conditions").document["conditions"]
    assert [(one["kind"], one["subject"]) for one in opened] == [("cpu-high", "litellm")]
    assert [entry["detail"]["change"] for entry in signals(api)].count("opened") == 1
    assert [entry["cause"] for entry in signals(api)].count(told) == 1
    assert api.get("/redrive").document == {"letters": [], "more": False}


def signals(api):
    return api.get(f"/environments/{NAME}/ledger", kind="signal").document["entries"]


def mend(cloud):
    key = encode_row({name: CORRUPT[name] for name in ("pk", "sk")})
    cloud.client("dynamodb").delete_item(TableName=cloud.output("TableName"), Key=key)


def test_a_stranger_brings_nothing_back(cloud):
    """Nor sees what lies there."""
    stranger = ApiClient(cloud.api, cloud.region, None)
    assert stranger.get("/redrive").status == stranger.post("/redrive", {}).status == 403
