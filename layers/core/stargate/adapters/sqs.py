"""The queue of looks: each message is one look at one gateway."""

from __future__ import annotations

import json
from dataclasses import dataclass

from stargate.adapters.aws import client
from stargate.adapters.refusals import named


@dataclass(frozen=True)
class SqsLooks:
    queue_url: str

    def order(self, environment_id: str, cause: str) -> None:
        body = json.dumps({"environment_id": environment_id, "cause": cause})
        with named("SendMessage"):
            client("sqs").send_message(QueueUrl=self.queue_url, MessageBody=body)
