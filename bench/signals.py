"""What one signal costs: calls of AWS, operations on the table and rows, at no history and at a long one.

The product's own wiring takes each event against moto's AWS in this process, with a gateway that stands
there: a cluster, a service, a scalable target, a table with the keys of template.yaml. Every call is counted
where boto3 sends it, and every row where the table hands it out or takes it. The same events are taken with
an environment that is new and with ones whose ledger and ended incidents have grown to a hundred thousand
rows: a row of the history that were read would be seen. moto's time is not AWS's, so no time is told.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from gateway.build_manifest import read_template
from stargate.adapters import aws
from stargate.adapters.state.attributes import encode_row
from stargate.adapters.state.rows import entry_row, environment_row, name_key
from stargate.domain.environment import Environment, Status
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.ledger import Entry
from stargate.domain.moments import told
from stargate.wiring.operating import receive_signal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROJECT = Path(__file__).resolve().parents[1]
RESULT = PROJECT / "out" / "bench" / "signals.json"
HISTORIES = (0, 1_000, 100_000)
MOST_CALLS = 12  # of one signal: what a rule asks of a gateway costs a call each
ACCOUNT, REGION, TABLE, IDENTIFIER, NAME = "123456789012", "us-east-1", "stargate", "00000000be7c", "sandbox"
DAY = 86400.0
OF_THE_TABLE = "dynamodb"


@dataclass
class Cost:
    """Of one signal."""

    calls: Counter[str] = field(default_factory=Counter)
    read: int = 0
    written: int = 0

    @property
    def figures(self) -> dict[str, int]:
        table = sum(count for name, count in self.calls.items() if name.startswith(OF_THE_TABLE))
        return {
            "calls": sum(self.calls.values()),
            "table_operations": table,
            "rows_read": self.read,
            "rows_written": self.written,
        }


def run() -> bool:
    measured = {history: _measured(history) for history in HISTORIES}
    first = measured[HISTORIES[0]]
    constant = all(costs == first for costs in measured.values())
    within = all(cost["calls"] <= MOST_CALLS for cost in first.values())
    _print(measured, constant=constant)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    document = {"histories": {str(size): costs for size, costs in measured.items()}, "constant": constant}
    RESULT.write_text(json.dumps({**document, "ok": constant and within}, indent=2) + "\n", encoding="utf-8")
    return constant and within


def _measured(history: int) -> dict[str, dict[str, int]]:
    """The figures of each signal, one after the other, by what it is."""
    with one_cloud() as counting:
        now = time.time()
        _write_history(history, now)
        take = receive_signal()
        costs = {}
        for name, event in signals(now).items():
            counting.begin()
            take(event)
            costs[name] = counting.cost.figures
        return costs


class Counting:
    """Hears of each call that boto3 sends and of each answer that it gets."""

    def __init__(self, session: boto3.Session) -> None:
        self.cost = Cost()
        session.events.register("provide-client-params", self._asks)
        session.events.register("after-call", self._answered)

    def begin(self) -> None:
        self.cost = Cost()

    def _asks(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        self.cost.calls[f"{model.service_model.service_name} {model.name}"] += 1
        self.cost.written += len(params.get("TransactItems", ())) or int("Item" in params)

    def _answered(self, parsed: Mapping[str, Any], **_: Any) -> None:
        found = parsed.get("Responses", {}) if isinstance(parsed.get("Responses"), dict) else {}
        self.cost.read += int(parsed.get("ScannedCount", 0)) + int("Item" in parsed)
        self.cost.read += sum(len(rows) for rows in found.values())


@contextmanager
def one_cloud() -> Iterator[Counting]:
    """A control plane's table and queue, and one gateway."""
    before = dict(os.environ)
    os.environ.update(
        {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            "TABLE_NAME": TABLE,
            "POWERTOOLS_TRACE_DISABLED": "true",
        }
    )
    aws.client.cache_clear()
    try:
        with mock_aws():
            boto3.setup_default_session()
            os.environ.update(_made())
            yield Counting(cast("boto3.Session", boto3.DEFAULT_SESSION))
    finally:
        os.environ.clear()
        os.environ.update(before)
        aws.client.cache_clear()
        boto3.setup_default_session()


def _made() -> dict[str, str]:
    resources = read_template((PROJECT / "template.yaml").read_text())["Resources"]
    keys = resources["Table"]["Properties"]
    names = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    boto3.client("dynamodb").create_table(TableName=TABLE, **{name: keys[name] for name in names})
    environment = _environment(time.time() - DAY)
    for row in (environment_row(environment), {**name_key(NAME), "id": IDENTIFIER}):
        boto3.client("dynamodb").put_item(TableName=TABLE, Item=encode_row(row))
    _gateway()
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    role = f"arn:aws:iam::{ACCOUNT}:role/remediate"
    made = boto3.client("stepfunctions").create_state_machine(
        name="remediate", definition=definition, roleArn=role
    )
    queue = boto3.client("sqs").create_queue(QueueName="looks")["QueueUrl"]
    return {"REMEDIATE_ARN": made["stateMachineArn"], "LOOKS_QUEUE_URL": queue}


def _environment(made_at: float) -> Environment:
    preset = PRESETS["sandbox"]
    return Environment(
        environment_id=IDENTIFIER,
        name=NAME,
        preset=preset.name,
        region=REGION,
        status=Status.READY,
        attempt=1,
        gateway_version="0123456789ab",
        spec=preset.spec,
        created_at=made_at,
        updated_at=made_at,
        attempt_started_at=made_at,
        cause="the beginning",
    )


def _gateway() -> None:
    ecs, cluster = boto3.client("ecs"), f"stargate-{NAME}"
    ecs.create_cluster(clusterName=cluster)
    ecs.register_task_definition(
        family="litellm", containerDefinitions=[{"name": "litellm", "image": "litellm", "memory": 512}]
    )
    ecs.create_service(
        cluster=cluster, serviceName="litellm", taskDefinition="litellm", desiredCount=2, launchType="FARGATE"
    )
    boto3.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{cluster}/litellm",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=6,
    )


def _write_history(entries: int, now: float) -> None:
    """Straight into moto's table: it is what was, and no call of ours."""
    table = dynamodb_backends[ACCOUNT][REGION].get_table(TABLE)
    for number in range(entries):
        at = now - DAY + number * 0.5
        entry = Entry(f"{round(at * 1000):013d}-{number:012x}", at, NAME, "note", NAME, "was", "c", "a")
        table.put_item(encode_row(entry_row(IDENTIFIER, entry)))
    for number in range(entries // 100):
        ended = {"pk": f"env#{IDENTIFIER}", "sk": f"incident#{number:025d}", "open": False}
        table.put_item(encode_row(ended))


@dataclass(frozen=True)
class Sender:
    """AWS and others, telling of things that happen now."""

    now: float

    def event(
        self, number: int, source: str, kind: str, detail: dict[str, Any], *arns: str
    ) -> dict[str, Any]:
        around = {"id": f"event-{number}", "time": told(self.now), "region": REGION, "resources": list(arns)}
        return {**around, "source": source, "detail-type": kind, "detail": detail}

    def alarm(self, number: int, measure: str, value: str, later: float = 0.0) -> dict[str, Any]:
        at = told(self.now + later)
        detail = {"alarmName": f"stargate-{NAME}-{measure}", "state": {"value": value, "timestamp": at}}
        rang = self.event(number, "aws.cloudwatch", "CloudWatch Alarm State Change", detail)
        return {**rang, "time": at}

    def task(self, number: int, cluster: str) -> dict[str, Any]:
        place = f"{REGION}:{ACCOUNT}"
        detail = {
            "clusterArn": f"arn:aws:ecs:{place}:cluster/{cluster}",
            "taskArn": f"arn:aws:ecs:{place}:task/{cluster}/{number:032x}",
            "group": "service:litellm",
            "lastStatus": "STOPPED",
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "containers": [{"name": "litellm", "exitCode": 1}],
            "stoppedAt": told(self.now),
        }
        return self.event(number, "aws.ecs", "ECS Task State Change", detail)

    def failover(self, number: int) -> dict[str, Any]:
        arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:stargate-{NAME}"
        detail = {
            "EventCategories": ["failover"],
            "SourceType": "DB_INSTANCE",
            "SourceArn": arn,
            "SourceIdentifier": f"stargate-{NAME}",
            "EventID": "RDS-EVENT-0013",
            "Message": "A Multi-AZ failover has started",
            "Date": told(self.now),
        }
        return self.event(number, "aws.rds", "RDS DB Instance Event", detail, arn)

    def alert(self) -> dict[str, Any]:
        labels = {"alertname": "TargetDown", "severity": "warning", "environment": NAME}
        alert = {"status": "firing", "labels": labels, "startsAt": told(self.now), "fingerprint": "c6eadf"}
        hook = f"{NAME}.{REGION}.0123456789ab"
        return {"hook": hook, "timestamp": told(self.now), "alerts": [alert]}

    def anomaly(self) -> dict[str, Any]:
        monitor = f"arn:aws:ce::{ACCOUNT}:anomalymonitor/m"
        impact = {"totalImpact": 20.0}
        return {"anomalyId": "a-1", "impact": impact, "anomalyEndDate": told(self.now), "monitorArn": monitor}


def signals(now: float) -> dict[str, dict[str, Any]]:
    """In the order in which they are taken, each by what it is."""
    send = Sender(now)
    ringing = send.alarm(1, "litellm-errors-critical", "ALARM")
    return {
        "an alarm whose rule asks for metrics": send.alarm(7, "litellm-cpu-critical", "ALARM"),
        "an alarm that calls for a page": ringing,
        "its copy": ringing,
        "an alarm that calls for nothing": send.alarm(2, "litellm-memory-warning", "ALARM"),
        "its end": send.alarm(3, "litellm-memory-warning", "OK", later=5.0),
        "a stopped task": send.task(4, f"stargate-{NAME}"),
        "a task that is somebody else's": send.task(5, "theirs"),
        "a failover": send.failover(6),
        "an alert from a hook": send.alert(),
        "an anomaly of the whole account": send.anomaly(),
    }


def _print(measured: Mapping[int, Mapping[str, Mapping[str, int]]], *, constant: bool) -> None:
    print("signals: AWS calls (of them on the table), rows read and written, by the ledger's length")
    sizes = list(measured)
    print(f"  {'':36}" + "".join(f"{size:>22,}" for size in sizes))
    for name in measured[sizes[0]]:
        cells = [_cell(measured[size][name]) for size in sizes]
        print(f"  {name:36}" + "".join(f"{cell:>22}" for cell in cells))
    print("  constant as the history grows" if constant else "  NOT constant as the history grows")


def _cell(cost: Mapping[str, int]) -> str:
    rows = f"{cost['rows_read']}r {cost['rows_written']}w"
    return f"{cost['calls']} ({cost['table_operations']}), {rows}"
