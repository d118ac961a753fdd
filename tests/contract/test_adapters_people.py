"""How people are reached, against moto."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.people.sns import ApproversTopic, OperatorsTopic
from stargate.adapters.workflows.events import EXAMINATION_ORDERED, SOURCE, EventBridgeExaminations
from stargate.domain.operating.facts import Delivery
from stargate.domain.operating.notices import note
from stargate.errors import ActionRefusedError, AwsThrottledError
from tests.template.control_plane import translated

RULES = {
    name: resource["Properties"]
    for name, resource in translated()["Resources"].items()
    if resource["Type"] == "AWS::Events::Rule"
}
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def _cloud(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    with mock_aws():
        yield
    aws.client.cache_clear()


@pytest.mark.usefixtures("_cloud")
def test_a_page_reaches_whoever_has_subscribed():
    """A queue gets what programs read, with attributes to filter by, the subject in ASCII."""
    topic = boto3.client("sns").create_topic(Name="operators")["TopicArn"]
    queues = boto3.client("sqs")
    queue = queues.create_queue(QueueName="inbox")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    told = note("sandbox", "drill-1", "[stargate sandbox] é drill", "Since: noon\nTried: nothing", "begins")
    OperatorsTopic(topic).tell(told)
    (message,) = queues.receive_message(QueueUrl=queue)["Messages"]
    body = json.loads(message["Body"])
    told = json.loads(body["Message"])
    assert (body["Subject"], told["text"]) == (
        "[stargate sandbox] ? drill",
        "Since: noon\nTried: nothing",
    )
    assert {name: one["Value"] for name, one in body["MessageAttributes"].items()} == {
        "news": "note",
        "environment": "sandbox",
        "severity": "info",
        "thread": "sandbox-drill-1",
    }


@pytest.mark.usefixtures("_cloud")
def test_a_topic_that_is_gone_refuses_the_page():
    """It would be refused again."""
    with pytest.raises(ActionRefusedError, match="Publish: "):
        OperatorsTopic("arn:aws:sns:us-east-1:123456789012:gone").tell(
            note("sandbox", "drill-1", "subject", "text")
        )


@pytest.mark.usefixtures("_cloud")
def test_deliveries_are_read_minute_by_minute():
    """From the oldest, only of this topic, and no minute in which nothing was delivered."""
    told = [("operators", 0, 2.0), ("operators", 60, 0.0), ("operators", 120, 1.0), ("other", 60, 5.0)]
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/SNS",
        MetricData=[
            {
                "MetricName": "NumberOfNotificationsDelivered",
                "Dimensions": [{"Name": "TopicName", "Value": name}],
                "Timestamp": NOON + after,
                "Value": value,
            }
            for name, after, value in told
        ],
    )
    pager = OperatorsTopic("arn:aws:sns:us-east-1:123456789012:operators")
    assert pager.deliveries(NOON + 10, NOON + 300) == (Delivery(NOON, 2.0), Delivery(NOON + 120, 1.0))
    assert pager.deliveries(NOON + 600, NOON + 900) == ()


@pytest.mark.usefixtures("_cloud")
def test_a_link_reaches_its_approver_and_nobody_else():
    """Each subscribes by a filter on their own name."""
    topic = boto3.client("sns").create_topic(Name="approvers")["TopicArn"]
    inboxes = {name: _inbox(topic, name) for name in ("alice", "bob")}
    ApproversTopic(topic).ask("alice", "APPROVAL asked for", "What it is", "https://api.example/links/x")
    (message,) = boto3.client("sqs").receive_message(QueueUrl=inboxes["alice"])["Messages"]
    assert json.loads(message["Body"])["Message"].splitlines() == [
        "What it is",
        "",
        "Your own link: https://api.example/links/x",
        "It works once, and for alice only.",
    ]
    assert "Messages" not in boto3.client("sqs").receive_message(QueueUrl=inboxes["bob"])


def _inbox(topic, approver):
    queues = boto3.client("sqs")
    queue = queues.create_queue(QueueName=approver)["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    theirs = {"FilterPolicy": json.dumps({"approver": [approver]})}
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=theirs)
    return queue


@pytest.mark.usefixtures("_cloud")
def test_an_examination_is_ordered_by_an_event_of_our_own():
    """The bus takes it, and the rule of the control plane's template is for just this event."""
    (rule,) = [rule for name, rule in RULES.items() if name.endswith("OutOfTurn")]
    assert rule["EventPattern"] == {"source": [SOURCE], "detail-type": [EXAMINATION_ORDERED]}
    EventBridgeExaminations().order("00000000e001", "an entry")


def test_an_event_that_the_bus_does_not_take_is_an_error(monkeypatch):
    """PutEvents answers 200 all the same, and says so for each."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    events = aws.client("events")
    with Stubber(events) as stub:
        told = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "x", "ErrorMessage": "slow down"}]}
        stub.add_response("put_events", told)
        with pytest.raises(AwsThrottledError, match="PutEvents left 1 events untold: x"):
            EventBridgeExaminations().order("00000000e001", "an entry")
    aws.client.cache_clear()
