"""The queues: of looks, each message one look at one gateway, and of dead letters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client
from stargate.adapters.refusals import named
from stargate.domain.operating.letters import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

IN_HAND_SECONDS = 60  # longer than the function that takes them may run
AT_ONCE = 10  # SQS gives no more


@dataclass(frozen=True)
class SqsLooks:
    queue_url: str

    def order(self, environment_id: str, cause: str) -> None:
        body = json.dumps({"environment_id": environment_id, "cause": cause})
        with named("SendMessage"):
            client("sqs").send_message(QueueUrl=self.queue_url, MessageBody=body)


@dataclass(frozen=True)
class SqsDeadLetters:
    queue_url: str

    def take(self) -> list[Message]:
        with named("ReceiveMessage"):
            answer = client("sqs").receive_message(
                QueueUrl=self.queue_url,
                MaxNumberOfMessages=AT_ONCE,
                VisibilityTimeout=IN_HAND_SECONDS,
                WaitTimeSeconds=1,  # asks every server that may have some
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["SentTimestamp"],
            )
        return [_message(one) for one in answer.get("Messages", [])]

    def give_back(self, messages: Sequence[Message]) -> None:
        for message in messages:
            with named("ChangeMessageVisibility"):
                client("sqs").change_message_visibility(
                    QueueUrl=self.queue_url, ReceiptHandle=message.receipt, VisibilityTimeout=0
                )

    def remove(self, message: Message) -> None:
        with named("DeleteMessage"):
            client("sqs").delete_message(QueueUrl=self.queue_url, ReceiptHandle=message.receipt)


def _message(found: dict[str, Any]) -> Message:
    attributes = found.get("MessageAttributes", {})
    return Message(
        found["MessageId"],
        found["ReceiptHandle"],
        found["Body"],
        int(found["Attributes"]["SentTimestamp"]) / 1000,
        {name: one["StringValue"] for name, one in attributes.items() if "StringValue" in one},
    )
