"""A queue that has subscribed to one of the control plane's topics, as people and programs do."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.cloud import Cloud

Document = dict[str, Any]


@contextmanager
def subscribed(
    cloud: Cloud, name: str, topic: str, **policy: list[str]
) -> Iterator[Callable[[], list[Document]]]:
    """What came since it was asked last, as SNS wraps it; `topic` is an output's name, `policy` a filter."""
    queues, arn = cloud.client("sqs"), cloud.output(topic)
    queue = queues.create_queue(QueueName=name)["QueueUrl"]
    found = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    address = found["Attributes"]["QueueArn"]
    queues.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(may_send(arn, address))})
    topics = cloud.client("sns")
    subscription = topics.subscribe(
        TopicArn=arn, Protocol="sqs", Endpoint=address, Attributes={"FilterPolicy": json.dumps(policy)}
    )
    yield lambda: list(taken(queues, queue))
    topics.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    queues.delete_queue(QueueUrl=queue)


def taken(queues: Any, queue: str) -> Iterator[Document]:
    """Each once: what is not deleted comes again, and with it a link that was for something else."""
    for one in queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        queues.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
        yield json.loads(one["Body"])


def may_send(topic: str, queue: str) -> Document:
    """SNS brings nothing to a queue that does not let it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
