"""The functions of costs as they are put together, over AWS's own clients: a day is told of, and once."""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import boto3
import pytest

from stargate.adapters.state.cost_days import CostDays
from stargate.adapters.state.environment_rows import EnvironmentRows
from stargate.adapters.state.ledger_rows import LedgerRows
from stargate.domain.costs.budget import Budget
from stargate.domain.gateway.graph import GATEWAY
from stargate.domain.ledger import Entry
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from tests.contract import table_on_moto
from tests.unit.costs.cost_play import DOCUMENT, ID, REAL, CostPlay, an_environment, moment

FUNCTIONS = Path(__file__).parents[2] / "functions"
ASSUMED = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
REPORT = {"environment_id": ID, "bill": {"failed": "", "restated": {}}}


class Context:
    function_name, memory_limit_in_mb, invoked_function_arn, aws_request_id = "costs", 512, "arn", "1"


def call(name, event):
    spec = importlib.util.spec_from_file_location(f"handler_of_{name}", FUNCTIONS / name / "handler.py")
    handler = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(handler)
    return handler.handle(event, Context())


@pytest.fixture
def yesterday(monkeypatch):
    """Of a sandbox that was made three days ago and metered since, with all that the functions use."""
    with table_on_moto.table(monkeypatch) as table:
        for name, value in deployed().items():
            monkeypatch.setenv(name, value)
        boto3.client("s3").put_object(
            Bucket="bucket", Key=f"gateway/{REAL.version}/manifest.json", Body=json.dumps(DOCUMENT)
        )
        now = datetime.now(UTC)
        environment = an_environment(
            created_at=moment(now.date() - timedelta(days=3)), budget=Budget(monthly=Decimal("0.01"))
        )
        nodes = [
            NodeState(name, status=NodeStatus.STANDING, stood_at=environment.created_at)
            for name in GATEWAY.names
        ]
        made = Entry("1-made", 1.0, "sandbox", "step", "sandbox", "made", "a test", "a test")
        EnvironmentRows(table).create(environment, nodes, made, None)
        play = CostPlay(environment=environment, days=CostDays(table))
        play.clock.at = environment.created_at
        while play.clock.at < now.timestamp():
            play.clock.at = min(now.timestamp(), play.clock.at + 6 * 3600)
            play.meter()
        yield now.date() - timedelta(days=1)


def deployed():
    """What the template gives to the functions of costs."""
    boto3.client("s3").create_bucket(Bucket="bucket")
    role = boto3.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    machines = {
        name: boto3.client("stepfunctions").create_state_machine(name=name, definition=ASSUMED, roleArn=role)
        for name in ("report-costs", "remediate")
    }
    return {
        "TABLE_NAME": table_on_moto.NAME,
        "GATEWAY_BUCKET": "bucket",
        "OPERATORS_TOPIC_ARN": boto3.client("sns").create_topic(Name="operators")["TopicArn"],
        "REPORT_COSTS_ARN": machines["report-costs"]["stateMachineArn"],
        "REMEDIATE_ARN": machines["remediate"]["stateMachineArn"],
    }


def entries():
    table = EnvironmentRows(table_on_moto.Table(table_on_moto.NAME)).table
    return [entry for entry in LedgerRows(table).page(ID, None, None, 50, None).items if entry.kind == "cost"]


def test_a_day_is_told_of_once_with_its_three_files(yesterday):
    """The second time nothing is made, and nobody is told; the failure of another try is in the ledger."""
    given = {**REPORT, "day": yesterday.isoformat()}
    first = call("report_costs", given)
    assert first["reports"][0] == yesterday.isoformat()
    assert Decimal(first["usd"]) > 50
    assert call("report_costs", given) == first
    kept = boto3.client("s3").list_objects_v2(Bucket="bucket", Prefix=f"reports/{ID}/{yesterday}.")[
        "Contents"
    ]
    assert [one["Key"].rpartition(".")[2] for one in kept] == ["csv", "html", "json"]
    call("settle_report", {**given, "outcome": "failed", "error": "OddError", "cause": "odd"})
    told, failed = entries()
    assert f"{yesterday} cost ${Decimal(first['usd']):,.2f}" in told.summary
    assert failed.summary.endswith("OddError: odd")


def test_what_is_spent_of_a_budget_is_told_once(yesterday):
    """All of a small one, by each of its thresholds; then nothing is new."""
    told = call("watch_budgets", {})["sandbox"]
    assert told.count("spent") == 3
    assert call("watch_budgets", {}) == {}


def test_reports_are_ordered_of_what_is_over(yesterday):
    """Each day since it was made; the newest, which before six in the morning is the one before yesterday."""
    (days,) = call("order_reports", {}).values()
    made = [(yesterday - timedelta(days=back)).isoformat() for back in (2, 1, 0)]
    assert days in {", ".join(made), ", ".join(made[:-1])}
