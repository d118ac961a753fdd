"""The topics of people: the operators', and the one by which approvers are asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stargate.adapters.aws import client
from stargate.adapters.refusals import named, refused
from stargate.domain.operating.facts import Delivery
from stargate.domain.operating.notices import Notice, as_subject

MINUTE = 60


@dataclass(frozen=True)
class OperatorsTopic:
    """In the control plane's own region."""

    topic_arn: str

    def tell(self, notice: Notice) -> None:
        attributes = {
            name: {"DataType": "String", "StringValue": value} for name, value in notice.attributes.items()
        }
        with refused("Publish"):
            client("sns").publish(
                TopicArn=self.topic_arn,
                Subject=notice.plain_subject,
                Message=json.dumps(notice.by_protocol()),
                MessageStructure="json",
                MessageAttributes=attributes,
            )

    def deliveries(self, since: float, until: float) -> tuple[Delivery, ...]:
        """As the topic's metric has it: of all that went through the topic, not of one message."""
        topic = {"Name": "TopicName", "Value": self.topic_arn.rsplit(":", 1)[-1]}
        with named("GetMetricData"):
            answer = client("cloudwatch").get_metric_data(
                MetricDataQueries=[_delivered(topic)],
                StartTime=datetime.fromtimestamp(since - since % MINUTE, UTC),
                EndTime=datetime.fromtimestamp(until, UTC),
                ScanBy="TimestampAscending",
            )
        (found,) = answer["MetricDataResults"]
        pairs = zip(found["Timestamps"], found["Values"], strict=True)
        return tuple(Delivery(moment.timestamp(), value) for moment, value in pairs if value)


@dataclass(frozen=True)
class ApproversTopic:
    """A topic of its own: each subscribes by a filter on `approver`, and gets what is for nobody else."""

    topic_arn: str

    def ask(self, approver: str, subject: str, text: str, link: str) -> None:
        with refused("Publish"):
            client("sns").publish(
                TopicArn=self.topic_arn,
                Subject=as_subject(subject),
                Message=f"{text}\n\nYour own link: {link}\nIt works once, and for {approver} only.",
                MessageAttributes={"approver": {"DataType": "String", "StringValue": approver}},
            )


def _delivered(topic: dict[str, str]) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/SNS",
        "MetricName": "NumberOfNotificationsDelivered",
        "Dimensions": [topic],
    }
    return {"Id": "delivered", "MetricStat": {"Metric": metric, "Period": MINUTE, "Stat": "Sum"}}
