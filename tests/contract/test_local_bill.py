"""The local cloud's bill: made of what stands, runs and is used, and told as Cost Explorer tells it."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from botocore.exceptions import ClientError
from ministack.core.responses import request_scope

from local import control
from local.gateways import registry
from local.services.billing.book import HOUR, Book, Charge
from local.twin.fleet import Stop
from stargate.adapters import aws
from stargate.adapters.costs.cost_explorer import CostExplorer
from stargate.domain.costs.actuals.bill import use_of
from stargate.domain.costs.actuals.cost_explorer import rows_of
from stargate.domain.costs.actuals.parts import BY_NAME, part_of_usage
from tests.conftest import SHARED_DATA
from tests.contract import ministack_in_process, real_stacks
from tests.contract.answering import ACCOUNT, by_local_cloud
from tests.contract.samples import shape
from tests.unit.costs.cost_play import an_environment, moment

RECORDED = SHARED_DATA / "aws-responses/aws-cli-docs"
DAY = date(2027, 2, 1)
NEXT = DAY + timedelta(days=1)
TAG = "stargate:environment"
QUIET = Stop("TaskFailedToStart", "it was never meant to run")


@pytest.fixture(scope="module")
def cloud():
    """A sandbox that stands for a day and two hours, with one user in its first hour."""
    clock = real_stacks.StoppedClock(2000.0, moment(DAY) - 6 * HOUR)
    with ministack_in_process.cloud(clock) as made, request_scope(ACCOUNT, "us-east-1"):
        asyncio.run(real_stacks.made(made, an_environment()))
        clock.stop(2000.0)
        entry = registry.environment("sandbox")
        entry.gateway.set_users(1)
        while clock.at < moment(NEXT, 2):
            clock.at += 900
            registry.advance(entry)
            made.account.each_minute(clock.at)
            if clock.at > moment(DAY, 1):
                entry.gateway.set_users(0)
        made.clock = clock
        yield made


@pytest.fixture(autouse=True)
def account(cloud, monkeypatch):
    """The account as it was before each test, and a client that the local cloud answers."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws.client.cache_clear()
    by_local_cloud(aws.client("ce", "us-east-1"), "ce")
    account = cloud.account
    before = account.late, account.tags_are_active, account.groups_a_page
    account.late = 0.0
    yield account
    account.late, account.tags_are_active, account.groups_a_page = before
    aws.client.cache_clear()


def asked(*groups, metrics=("UnblendedCost",), first=DAY, until=NEXT, **more):
    names = [{"Type": "TAG" if ":" in key else "DIMENSION", "Key": key} for key in groups]
    return aws.client("ce", "us-east-1").get_cost_and_usage(
        TimePeriod={"Start": first.isoformat(), "End": until.isoformat()},
        Granularity=more.pop("granularity", "DAILY"),
        Metrics=list(metrics),
        **({"GroupBy": names} if names else {}),
        **more,
    )


def billed(day=DAY):
    """By part of the costs, as the product reads the bill of the sandbox."""
    lines = use_of(rows_of(CostExplorer().use("sandbox", day, day + timedelta(days=1))))
    found = {}
    for line in lines.get(day, []):
        part = part_of_usage(line.service, line.usage_type)
        found[part] = found.get(part, Decimal(0)) + line.unblended
    return found


# What is charged.


def test_what_stands_is_charged_by_the_hour_and_the_month(account):
    """A day of the database, the balancer, NAT; a 28th of a month of secrets. February has 28 days."""
    found = {part: usd.quantize(Decimal("0.0001")) for part, usd in billed().items()}
    assert found["database"] == Decimal("10.8000")  # 24 x $0.45
    assert found["balancer"] == Decimal("0.5400")  # 24 x $0.0225
    assert found["NAT"] == Decimal("1.0800")  # 24 x $0.045
    assert found["secrets"] == Decimal("0.2286")  # 16 x $0.40 / 28
    assert found["public addresses"] == Decimal("0.4800")  # 4 x 24 x $0.005


def test_tasks_are_charged_by_the_second_of_their_own_lives(account):
    """Seven tasks with seven and a half vCPUs in all run all day."""
    found = billed()
    assert round(found["task vCPU"], 2) == Decimal("7.29")  # 24 x 7.5 x $0.04048
    assert round(found["task memory"], 2) == Decimal("1.60")  # 24 x 15 GB x $0.004445


def test_tokens_are_charged_by_the_models_own_sums(account):
    """Of the user's hour: what the twin counted, at the price of a million."""
    (entry,) = registry.every()
    tokens = entry.gateway.footprint.tokens["haiku"]
    assert tokens[0] > 1000
    haiku = billed()["haiku input"] + billed(DAY - timedelta(days=1)).get("haiku input", Decimal(0))
    assert abs(haiku - Decimal(tokens[0]) / 1_000_000 * Decimal("1.10")) < Decimal("0.01")


def test_every_line_of_a_gateways_bill_belongs_to_a_part_of_its_costs(account):
    """Nothing is told under its own name for want of a rule."""
    assert set(billed()) <= set(BY_NAME)


def test_a_task_that_ran_for_a_moment_is_charged_for_a_minute(account):
    """Fargate's least; nothing is left to be charged later."""
    before = account.tasks.meters.copy()
    with registry.ordering("stargate-sandbox", ()) as (fleet, now):
        task = fleet.serving("grafana")[0]
        fleet.stop_task(task.task_id, QUIET, now)
    assert task.task_id in before
    assert task.task_id not in account.tasks.meters


# How it is told.


def test_the_answer_has_the_shape_of_a_recorded_one(account):
    """By service and tag, with the same metrics; ours may say more beside it."""
    recorded = json.loads((RECORDED / "ce.get-cost-and-usage/example-1.json").read_text())
    metrics = ("BlendedCost", "UnblendedCost", "UsageQuantity")
    answer = asked("SERVICE", TAG, metrics=metrics)
    assert shape({name: answer[name] for name in recorded}) == shape(recorded)
    keys = [group["Keys"] for group in answer["ResultsByTime"][0]["Groups"]]
    assert ["Amazon Elastic Container Service", f"{TAG}$sandbox"] in keys


@pytest.mark.parametrize(
    ("operation", "name", "more"),
    [
        ("get_tags", "ce.get-tags", {}),
        ("get_dimension_values", "ce.get-dimension-values", {"Dimension": "SERVICE"}),
    ],
)
def test_keys_and_values_are_told_as_recorded_ones(account, operation, name, more):
    """What one can ask about."""
    recorded = json.loads((RECORDED / name / "example-1.json").read_text())
    period = {"Start": DAY.isoformat(), "End": NEXT.isoformat()}
    answer = getattr(aws.client("ce", "us-east-1"), operation)(TimePeriod=period, **more)
    assert shape({key: answer[key] for key in recorded}) == shape(recorded)


def test_groups_add_up_to_the_whole(account):
    """Grouped by service, by tag or not at all, a day costs the same."""
    (whole,) = rows_of([asked()])
    for groups in (("SERVICE",), ("SERVICE", "USAGE_TYPE"), (TAG,), ("RECORD_TYPE", "REGION")):
        parts = sum(row.amounts["UnblendedCost"] for row in rows_of([asked(*groups)]))
        assert abs(parts - whole.amounts["UnblendedCost"]) < Decimal("1e-7")


def test_a_month_is_its_days(account):
    """And is an estimate until it is closed."""
    until = DAY + timedelta(days=28)
    (month,) = asked(until=until, granularity="MONTHLY")["ResultsByTime"]
    days = rows_of([asked(until=until)])
    told = Decimal(month["Total"]["UnblendedCost"]["Amount"])
    assert abs(told - sum(row.amounts["UnblendedCost"] for row in days)) < Decimal("1e-7")
    assert (len(days), month["Estimated"]) == (28, True)


def test_pages_hold_what_one_page_would(account):
    """The adapter asks for each; none is read twice."""
    whole = billed()
    account.groups_a_page = 7
    assert "NextPageToken" in asked("USAGE_TYPE")
    assert billed() == whole


def test_hours_come_late(account):
    """Of today there is nothing yet, of yesterday all but its evening."""
    account.late = 6 * HOUR
    found = billed()
    assert found["balancer"].quantize(Decimal("0.0001")) == Decimal("0.4500")  # 20 hours
    assert billed(NEXT) == {}


def test_without_active_tags_a_bill_knows_no_environment(account):
    """The use is there, under an empty value, and the tag says that it is inactive."""
    assert CostExplorer().tag_is_active()
    account.tags_are_active = False
    assert billed() == {}
    assert CostExplorer().tag_is_active() is False
    assert [group["Keys"] for group in asked(TAG)["ResultsByTime"][0]["Groups"]] == [[f"{TAG}$"]]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"first": NEXT, "until": DAY}, "Start date"),
        ({"metrics": ()}, "metric"),
        ({"metrics": ("Cost",)}, "Cost"),
        ({"granularity": "HOURLY"}, "Granularity"),
        ({"Filter": {"Dimensions": {"Key": "AZ", "Values": ["a"]}}}, "AZ"),
        ({"Filter": {"And": [{"Tags": {"Key": TAG, "Values": ["a"]}}]}}, "two operands"),
    ],
)
def test_what_cost_explorer_refuses_is_refused(account, more, word):
    """With its own error, and what is wrong."""
    with pytest.raises(ClientError) as refused:
        asked(**more)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert word in str(refused.value)


# What a test can have it do.


def order(body):
    return control._call("POST", "/_stargate/bill", json.dumps(body).encode())


def test_credits_and_taxes_are_put_into_the_bill(account):
    """They stand beside the use."""
    credit = {"day": "2027-02-01", "usd": -5, "service": "AWS Credits", "record_type": "Credit"}
    assert order({"charges": [{**credit, "environment": "sandbox"}], "late_hours": 0})[0] == 200
    (row,) = rows_of(CostExplorer().beside("sandbox", DAY, NEXT))
    assert (row.keys["RECORD_TYPE"], row.amounts["UnblendedCost"]) == ("Credit", -5)
    assert "AWS Credits" not in billed()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], ["must be a JSON object"]),
        ({"late": 1, "late_hours": -1}, ["unknown field late", "late_hours must be"]),
        ({"tags_are_active": "yes"}, ["true or false"]),
        ({"charges": {}}, ["charges must be a list"]),
        (
            {"charges": [1, {"day": "today", "usd": "x", "colour": 1}]},
            ["charges/0", "colour", "day", "usd", "service"],
        ),
    ],
)
def test_a_bad_order_is_refused_with_every_fault(account, body, words):
    """And nothing of it is done."""
    status, told = order(body)
    assert status == 400
    assert len(told["faults"]) == len(words)
    assert all(word in fault for word, fault in zip(words, told["faults"], strict=True)), told


def test_a_charge_is_spread_over_the_hours_that_it_is_for():
    """Ninety minutes across midnight: a third and two thirds, each on its own day."""
    book, charge = Book(), Charge("AWS WAF", "Global-WebACLV2", "global", ACCOUNT)
    book.charge(moment(NEXT) - 1800, moment(NEXT, 1), charge, Decimal(3), Decimal(9))
    days = book.days(DAY, NEXT + timedelta(days=1), moment(NEXT, 5))
    assert [days[day][charge].usd for day in (DAY, NEXT)] == [3, 6]
    assert list(book.days(DAY, NEXT, moment(NEXT) - 60)) == []
