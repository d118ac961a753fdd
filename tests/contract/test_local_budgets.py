"""AWS Budgets of the local cloud: what was spent by the bill, and letters that the product reads."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from botocore.exceptions import ClientError
from ministack import app
from ministack.core import iam_actions

from local.services.billing import budgets
from local.services.billing.account import Account
from local.services.billing.book import HOUR, Charge
from stargate.adapters import aws
from stargate.domain.signals.reading import all_in
from tests.conftest import SHARED_DATA
from tests.contract.answering import ACCOUNT, by_local_cloud
from tests.contract.real_stacks import StoppedClock
from tests.unit.costs.cost_play import moment

RECORDED = SHARED_DATA / "aws-responses"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:stargate-signals"
TENTH = date(2026, 11, 10)
OF_SANDBOX = {"TagKeyValue": ["user:stargate:environment$sandbox"]}


@pytest.fixture
def made(monkeypatch):
    """Nine days of ten dollars each for sandbox, and as many for another, as the tenth knows them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    aws.client.cache_clear()
    clock = StoppedClock(1.0, moment(TENTH))
    clock.stop(1.0)
    clock.at = moment(TENTH)
    account = Account(clock)
    for day in range(1, 10):
        for environment in ("sandbox", "other"):
            at = moment(date(2026, 11, day), 12)
            account.book.charge(at, at + HOUR, charge(environment), Decimal(1), Decimal(10))
    account.late = 0.0
    before = dict(app.SERVICE_HANDLERS), dict(iam_actions.SERVICE_TO_IAM_NAMESPACE)
    held = budgets.install(account)
    held.letters = []
    held.send = lambda *letter: held.letters.append(letter)
    by_local_cloud(aws.client("budgets", "us-east-1"), "budgets")
    yield held
    for registry, known in zip(
        (app.SERVICE_HANDLERS, iam_actions.SERVICE_TO_IAM_NAMESPACE), before, strict=True
    ):
        registry.clear()
        registry.update(known)
    aws.client.cache_clear()


def charge(environment, record_type="Usage"):
    tags = (("stargate:environment", environment),)
    return Charge("AWS WAF", "Global-WebACLV2", "global", ACCOUNT, record_type=record_type, tags=tags)


def create(name="stargate-sandbox", limit="100", thresholds=(80,), kind="ACTUAL", **more):
    told = [
        {
            "Notification": {
                "NotificationType": kind,
                "ComparisonOperator": "GREATER_THAN",
                "Threshold": threshold,
            },
            "Subscribers": [{"SubscriptionType": "SNS", "Address": TOPIC}],
        }
        for threshold in thresholds
    ]
    budget = {
        "BudgetName": name,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": limit, "Unit": "USD"},
        "CostFilters": OF_SANDBOX,
        **more,
    }
    client = aws.client("budgets", "us-east-1")
    client.create_budget(AccountId=ACCOUNT, Budget=budget, NotificationsWithSubscribers=told)
    return client


def spent(client, name="stargate-sandbox"):
    budget = client.describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
    return {kind: Decimal(one["Amount"]) for kind, one in budget["CalculatedSpend"].items()}


def test_what_was_spent_is_the_bills_by_its_tag(made):
    """Nine days of ten dollars; at the end of the month thirty such days, if it goes on so."""
    assert spent(create()) == {"ActualSpend": 90, "ForecastedSpend": 300}


def test_a_budget_of_everything_and_one_without_credits(made):
    """No filter is the whole account; what is left out is left out."""
    at = moment(date(2026, 11, 2))
    made.account.book.charge(at, at, charge("sandbox", "Credit"), Decimal(0), Decimal(-5))
    client = create("all", CostFilters={})
    create("gross", CostFilters={}, CostTypes={"IncludeCredit": False})
    assert (spent(client, "all")["ActualSpend"], spent(client, "gross")["ActualSpend"]) == (175, 180)


def test_where_tags_are_not_active_nothing_is_anybodys(made):
    """As Cost Explorer has it."""
    made.account.tags_are_active = False
    assert spent(create())["ActualSpend"] == 0


def test_a_passed_threshold_is_a_letter_that_the_product_reads(made):
    """Once a month each; it becomes a signal of the environment whose name the budget bears."""
    create(thresholds=(80, 95))
    made.look(TENTH)
    made.look(TENTH)
    ((topic, subject, text),) = made.letters
    assert (topic, subject.startswith("AWS Budgets: stargate-sandbox")) == (TOPIC, True)
    envelope = {
        "Type": "Notification",
        "TopicArn": TOPIC,
        "Message": text,
        "Timestamp": "2026-11-10T00:00:00Z",
    }
    (signal,) = all_in(envelope)
    assert (signal.kind, signal.environment, signal.severity) == ("budget-passed", "sandbox", "warning")
    assert signal.facts["budgeted"] == "$100.00"
    made.look(date(2026, 12, 1))
    assert len(made.letters) == 2


def test_a_forecast_is_told_before_anything_is_spent_of_it(made):
    """$300 are expected of $200."""
    create(limit="200", thresholds=(100,), kind="FORECASTED")
    made.look(TENTH)
    assert "FORECASTED Amount: $300.00" in made.letters[0][2]


def test_they_are_looked_at_three_times_a_day(made):
    """And not each minute: a bill does not change that often."""
    create()
    for hour in range(9):
        made.each_minute(moment(TENTH, hour))
    assert len(made.letters) == 1
    assert made.looked_at == moment(TENTH, 8)


@pytest.mark.parametrize(
    "recorded", ["aws-cli-docs/budgets.describe-budgets", "cloud-custodian/budgets.DescribeBudgets"]
)
def test_budgets_are_told_with_all_that_recorded_ones_have(made, recorded):
    """Ours may say more, and has no period of its own."""
    (path,) = sorted((RECORDED / recorded).glob("*.json"))[:1]
    known = json.loads(path.read_text())
    (ours,) = create().describe_budgets(AccountId=ACCOUNT)["Budgets"]
    wanted = known.get("data", known)["Budgets"][0]
    assert set(wanted) - {"TimePeriod", "LastUpdatedTime"} <= set(ours)
    assert set(wanted["CostTypes"]) <= set(ours["CostTypes"])


def test_who_is_told_is_told(made):
    """Notifications, and the subscribers of each."""
    client = create()
    named = {"AccountId": ACCOUNT, "BudgetName": "stargate-sandbox"}
    (one,) = client.describe_notifications_for_budget(**named)["Notifications"]
    found = client.describe_subscribers_for_notification(**named, Notification=one)["Subscribers"]
    assert found == [{"SubscriptionType": "SNS", "Address": TOPIC}]


def test_many_are_told_by_pages(made):
    """With a token for the next."""
    for name in ("a", "b", "c"):
        client = create(name)
    first = client.describe_budgets(AccountId=ACCOUNT, MaxResults=2)
    second = client.describe_budgets(AccountId=ACCOUNT, MaxResults=2, NextToken=first["NextToken"])
    names = [[one["BudgetName"] for one in page["Budgets"]] for page in (first, second)]
    assert (names, "NextToken" in second) == ([["a", "b"], ["c"]], False)


def test_what_is_gone_and_what_is_there_twice_is_refused(made):
    """By AWS's own errors."""
    client = create()
    with pytest.raises(ClientError, match="DuplicateRecordException"):
        create()
    client.delete_budget(AccountId=ACCOUNT, BudgetName="stargate-sandbox")
    with pytest.raises(ClientError, match="NotFoundException"):
        spent(client)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"BudgetType": "USAGE"}, "USAGE"),
        ({"TimeUnit": "DAILY"}, "DAILY"),
        ({"BudgetLimit": {"Amount": "0", "Unit": "USD"}}, "BudgetLimit"),
        ({"CostFilters": {"AZ": ["a"]}}, "AZ"),
        ({"thresholds": (0,)}, "Threshold"),
    ],
)
def test_what_is_not_known_here_is_refused_by_name(made, more, word):
    """Rather than taken and never looked at."""
    with pytest.raises(ClientError, match=word) as refused:
        create(**more)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"
