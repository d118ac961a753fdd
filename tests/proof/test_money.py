"""What money does on a gateway that runs: a runaway ends at its key's budget, and its day is reported.

`money` is created once. People who share one key, marked as unimportant, burn many times what is usual; the
environment's own playbook lowers what the key may spend, and gives it back when nobody burns any more.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import urllib.request
from dataclasses import asdict
from decimal import Decimal
from io import StringIO

import pytest

from local.demo.chain import chain_to
from local.demo.connection import Connection
from local.demo.record import Record
from tests.cloud import PROJECT
from tests.e2e.patience import wait_until
from tests.e2e.standing import standing

pytestmark = pytest.mark.cloud

MONEY = {"name": "money", "preset": "sandbox", "overrides": {"network": {"cidr": "10.71.0.0/16"}}}
RULE = {
    "rule": "unimportant-keys-wait",
    "while": "cost-anomaly",
    "do": {"action": "lower_key_budgets", "with": {"leave_usd": 0}},
    "why": "what burns is wanted for others",
}


@pytest.fixture(scope="module")
def environment(api):
    with standing(api, MONEY) as document:
        yield document


@pytest.fixture(scope="module")
def order(cloud):
    """What only the local cloud can be told: its people, its one key."""

    def tell(path, **more):
        return Connection(**asdict(cloud)).control("POST", path, {"environment": "money", **more})

    return tell


@pytest.fixture(scope="module")
def record(api, witness, environment):
    return Record(api, witness, environment)


@pytest.fixture(scope="module")
def lowered(api, order, record):
    """The action, once its effect is verified: 150 people on Opus, with a key that may wait."""
    shown = api.get("/environments/money/playbook").document
    others = [rule for rule in shown["rules"] if rule.get("while") != RULE["while"]]
    put = api.put("/environments/money/playbook", {"version": shown["version"], "rules": [RULE, *others]})
    assert put.status == 200, put.text
    assert order("/key", unimportant=True)["max_budget"] is None
    order("/users", users=150, models={"opus": 1})
    wait_until(lambda: record.last("verification", "lower_key_budgets") is not None, "the budget is lowered")
    return chain_to(record.last("verification", "lower_key_budgets"), record.ledger())


def test_a_runaway_ends_at_what_its_key_may_spend(lowered, order, record):
    """From the pace of tokens to a budget that is used up: people are refused, and nothing burns any more."""
    signal, decision, action, verification = lowered.entries
    assert signal["detail"]["kind"] == "cost-anomaly"
    assert "lower the budgets of 1 unimportant keys" in decision["summary"]
    assert action["detail"]["was"] == {"people": "no limit"}
    assert verification["detail"]["outcome"] == "reached"
    most = float(action["detail"]["target"]["people"])
    assert most > 0
    assert "sk-" not in json.dumps(record.ledger())
    wait_until(
        lambda: record.condition("cost-anomaly", "tokens").get("status") == "closed",
        "the pace is usual again",
    )
    refused = lambda: list(order("/truth")["failures_last_minute"]) == ["429"]  # noqa: E731
    wait_until(refused, "people are refused, and nothing else becomes of them")
    assert order("/truth")["users"]["count"] == 150


def test_the_budget_is_as_before_once_nobody_burns_any_more(lowered, order, record):
    """Its time is a quarter of an hour after the condition's end; the key has no limit again."""
    order("/users", users=2)
    wait_until(lambda: record.last("verification", "restore_key_budgets") is not None, "it is given back")
    assert record.last("verification", "restore_key_budgets")["detail"]["outcome"] == "reached"
    assert order("/key", unimportant=False)["max_budget"] is None


@pytest.fixture(scope="module")
def reported(api, cloud, lowered):
    """Today's report, as its workflow makes it, between two looks at what `stargate cost` says."""
    before = stated(cloud)
    states = cloud.client("stepfunctions")
    (machine,) = (
        one["stateMachineArn"]
        for one in states.list_state_machines()["stateMachines"]
        if one["name"].endswith("report-costs")
    )
    today = before["days"][-1]["day"]
    run = states.start_execution(
        stateMachineArn=machine,
        input=json.dumps({"environment_id": api.get("/environments/money").document["id"], "day": today}),
    )["executionArn"]
    status = lambda: states.describe_execution(executionArn=run)["status"]  # noqa: E731
    wait_until(lambda: status() != "RUNNING", "the report is made")
    assert status() == "SUCCEEDED", states.describe_execution(executionArn=run)
    listed = api.get("/environments/money/costs/reports").document["reports"]
    (report,) = (one for one in listed if one["day"] == today)
    files = {ending: read(address) for ending, address in report["files"][today].items()}
    return before, report, files, stated(cloud)


def stated(cloud):
    """What the command prints."""
    own = {
        "STARGATE_API": cloud.api,
        "STARGATE_REGION": cloud.region,
        "AWS_ACCESS_KEY_ID": cloud.access_key_id,
        "AWS_SECRET_ACCESS_KEY": cloud.secret_access_key,
    }
    command = [sys.executable, "-m", "cli", "cost", "money", "--json"]
    ran = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout, parse_float=Decimal)


def read(address):
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - an address that the local S3 signed
        return answer.read().decode()


def test_page_table_and_document_tell_one_sum(reported):
    """The rows of the table add up to the document's number, which stands on the page and in the list."""
    _, report, files, _ = reported
    document = json.loads(files["json"], parse_float=Decimal)
    rows = list(csv.DictReader(StringIO(files["csv"])))
    usd = sum(Decimal(row["usd"]) for row in rows)
    assert usd == document["usd"] == Decimal(str(report["usd"]))
    assert f"money cost ${usd:,.2f}" in files["html"]
    assert {row["group"] for row in rows} >= {"tokens"}
    assert files["html"].count("<svg") == 2
    assert not re.search(r"sk-|<script", files["html"])


def test_the_report_says_what_the_command_says(reported, record):
    """Use grows while it is made: the report lies between the command's number before and after it."""
    before, report, files, after = reported
    told = json.loads(files["json"], parse_float=Decimal)["statement"]["number"]["month_to_date"]
    assert before["number"]["month_to_date"] <= told <= after["number"]["month_to_date"]
    assert told == Decimal(str(report["month_to_date"]))
    (entry,) = (one for one in record.ledger() if one["summary"].startswith(f"{report['day']} cost $"))
    assert f"${Decimal(str(report['usd'])):,.2f}" in entry["summary"]
