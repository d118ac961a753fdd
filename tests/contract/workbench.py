"""Small functions, workflows and stacks on the session's cloud, each under a role made for it."""

from __future__ import annotations

import io
import itertools
import json
import threading
import time
import zipfile
from dataclasses import dataclass, field
from typing import Any
from urllib.request import urlopen

_numbers = itertools.count(1)
_never = threading.Event()
LIMIT_SECONDS = 40


def eventually(ask, limit=LIMIT_SECONDS):
    """The first answer that is true of something, asked again until it is."""
    end = time.monotonic() + limit
    while not (answer := ask()):
        if time.monotonic() > end:
            raise AssertionError(f"{ask} was not true within {limit} s")
        _never.wait(0.05)
    return answer


def silent_alarm(cloudwatch, name):
    """An alarm on nothing: it changes its state when somebody sets it, and only then."""
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Test",
        MetricName="Nothing",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@dataclass
class Workbench:
    cloud: Any
    prefix: str = field(default_factory=lambda: f"bench-{next(_numbers)}")

    def name(self, kind):
        return f"{self.prefix}-{kind}-{next(_numbers)}"

    def client(self, service):
        return self.cloud.client(service)

    def now(self):
        return self._ask("clock")["now"]

    def events(self, detail_type):
        """What EventBridge has carried, of one kind."""
        return [event for event in self._ask("events")["events"] if event["detail-type"] == detail_type]

    def role(self, service, *statements, **settings):
        name = self.name("role")
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam = self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **settings)["Role"]["Arn"]
        if statements:
            policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
        return arn

    def user(self, *statements):
        """Keys of an IAM user with just these rights."""
        name = self.name("user")
        iam = self.client("iam")
        iam.create_user(UserName=name)
        if statements:
            policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}

    def function(self, code, *statements, **settings):
        """The ARN of a function made of this source, which defines `handle`."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("handler.py", code)
        made = self.client("lambda").create_function(
            FunctionName=self.name("function"),
            Runtime="python3.13",
            Role=self.role("lambda.amazonaws.com", *statements),
            Handler="handler.handle",
            Code={"ZipFile": archive.getvalue()},
            **{"Timeout": 20, **settings},
        )
        self.client("lambda").get_waiter("function_active_v2").wait(
            FunctionName=made["FunctionName"], WaiterConfig={"Delay": 1}
        )
        return made["FunctionArn"]

    def invoke(self, function, payload=None):
        answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(payload or {}))
        return json.loads(answer["Payload"].read())

    def workflow(self, states, *statements, start=None, **settings):
        """The ARN of a machine of these JSONata states under a role with these rights."""
        definition = {"QueryLanguage": "JSONata", "StartAt": start or next(iter(states)), "States": states}
        return self.client("stepfunctions").create_state_machine(
            name=self.name("workflow"),
            definition=json.dumps({**definition, **settings}),
            roleArn=self.role("states.amazonaws.com", *statements),
        )["stateMachineArn"]

    def start(self, workflow, given=None, name=None):
        return self.client("stepfunctions").start_execution(
            stateMachineArn=workflow, input=json.dumps(given or {}), name=name or self.name("execution")
        )["executionArn"]

    def ended(self, execution, limit=LIMIT_SECONDS):
        states = self.client("stepfunctions")

        def description():
            told = states.describe_execution(executionArn=execution)
            return told if told["status"] != "RUNNING" else None

        return eventually(description, limit)

    def run(self, workflow, given=None):
        return self.ended(self.start(workflow, given))

    def history(self, execution):
        pages = self.client("stepfunctions").get_paginator("get_execution_history")
        return [event for page in pages.paginate(executionArn=execution) for event in page["events"]]

    def queue(self):
        """URL and ARN of a queue that lets EventBridge send."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=self.name("queue"))["QueueUrl"]
        asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = asked["Attributes"]["QueueArn"]
        statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Resource": arn}
        policy = {"Version": "2012-10-17", "Statement": [{**statement, "Action": "sqs:SendMessage"}]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        return url, arn

    def received(self, queue_url, count=1, limit=LIMIT_SECONDS):
        """The bodies of so many messages."""
        sqs = self.client("sqs")
        bodies = []

        def enough():
            answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=43200)
            bodies.extend(json.loads(message["Body"]) for message in answer.get("Messages", []))
            return len(bodies) >= count

        eventually(enough, limit)
        return bodies

    def _ask(self, path):
        with urlopen(f"{self.cloud.twin}/{path}", timeout=10) as answer:  # noqa: S310
            return json.load(answer)
