"""AWS Budgets: of a month's cost, what was spent of each, and word to topics when a threshold is passed.

They are looked at three times a day, with what the bill has by then, as at AWS. A threshold is told once a
month.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, request_scope
from ministack.services import sns

from local.services.billing.book import DAY, day_of, midnight
from local.services.billing.budget_requests import check, fits, money
from local.services.billing.wire import Refusal, installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.services.billing.account import Account

    Send = Callable[[str, str, str], None]  # to a topic's ARN: subject and text

SERVICE, TARGET = "budgets", "AWSBudgetServiceGateway."
EVERY = DAY / 3
MOST_A_PAGE = 100
USUAL_TYPES = {
    **dict.fromkeys(
        (
            *("IncludeTax", "IncludeSubscription", "IncludeRefund", "IncludeCredit", "IncludeUpfront"),
            *("IncludeRecurring", "IncludeOtherSubscription", "IncludeSupport", "IncludeDiscount"),
        ),
        True,
    ),
    "UseBlended": False,
    "UseAmortized": False,
}
Document = dict[str, Any]


@dataclass
class Notice:
    """`told` is the month in which its threshold was passed last."""

    notification: Document
    subscribers: list[Document]
    told: str = ""


@dataclass
class Held:
    budget: Document
    notices: list[Notice]


@dataclass
class Budgets:
    account: Account
    send: Send
    held: dict[str, Held] = field(default_factory=dict)
    looked_at: float = 0.0

    # What one asks of it.

    def create_budget(self, asked: Document) -> Document:
        budget, notices = asked.get("Budget", {}), asked.get("NotificationsWithSubscribers", [])
        check(budget, notices)
        name = budget["BudgetName"]
        if name in self.held:
            raise Refusal(
                "DuplicateRecordException", f"Error creating budget: {name} - the budget already exists."
            )
        self.held[name] = Held(
            {**budget, "CostTypes": {**USUAL_TYPES, **budget.get("CostTypes", {})}},
            [Notice(one["Notification"], list(one.get("Subscribers", []))) for one in notices],
        )
        return {}

    def delete_budget(self, asked: Document) -> Document:
        self._of(asked)
        del self.held[asked["BudgetName"]]
        return {}

    def describe_budget(self, asked: Document) -> Document:
        return {"Budget": self._told(self._of(asked))}

    def describe_budgets(self, asked: Document) -> Document:
        start, size = int(asked.get("NextToken") or 0), asked.get("MaxResults", MOST_A_PAGE)
        names = sorted(self.held)
        more = {"NextToken": str(start + size)} if names[start + size :] else {}
        return {"Budgets": [self._told(self.held[name]) for name in names[start : start + size]], **more}

    def describe_notifications_for_budget(self, asked: Document) -> Document:
        return {"Notifications": [one.notification for one in self._of(asked).notices]}

    def describe_subscribers_for_notification(self, asked: Document) -> Document:
        wanted = asked["Notification"]
        for one in self._of(asked).notices:
            if all(one.notification.get(name) == value for name, value in wanted.items()):
                return {"Subscribers": one.subscribers}
        raise Refusal("NotFoundException", "Unable to find the notification")

    def _of(self, asked: Document) -> Held:
        found = self.held.get(asked.get("BudgetName", ""))
        if found is None:
            raise Refusal(
                "NotFoundException",
                f"Unable to get budget: {asked.get('BudgetName')} - the budget doesn't exist.",
            )
        return found

    def _told(self, held: Held) -> Document:
        spent, expected = self.spend(held.budget)
        told = {
            "ActualSpend": {"Amount": str(spent), "Unit": "USD"},
            "ForecastedSpend": {"Amount": str(expected), "Unit": "USD"},
        }
        return {**held.budget, "CalculatedSpend": told}

    # What it does by itself.

    def spend(self, budget: Document) -> tuple[Decimal, Decimal]:
        """Of this month so far as the bill has it, and at its end if it goes on so."""
        now = self.account.now()
        first = day_of(now).replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
        known = self.account.known(first, after)
        tagged = self.account.tags_are_active
        spent = sum(
            (
                amount.usd
                for amounts in known.values()
                for charge, amount in amounts.items()
                if fits(budget, charge, tagged=tagged)
            ),
            Decimal(0),
        )
        gone = Decimal(repr(max(DAY / 24, now - self.account.late - midnight(first))))
        whole = Decimal(repr(midnight(after) - midnight(first)))
        return spent, max(spent, spent * whole / gone)

    def each_minute(self, now: float) -> None:
        if now - self.looked_at >= EVERY:
            self.looked_at = now
            self.look(day_of(now))

    def look(self, today: date) -> None:
        """Tell of every threshold that is passed and was not told of in this month."""
        for held in list(self.held.values()):
            for notice, text in self._passed(held, today):
                notice.told = f"{today:%Y-%m}"
                subject = f"AWS Budgets: {held.budget['BudgetName']} has exceeded your alert threshold"
                for one in notice.subscribers:
                    if one["SubscriptionType"] == "SNS":
                        self.send(one["Address"], subject, text)

    def _passed(self, held: Held, today: date) -> Iterator[tuple[Notice, str]]:
        budget = held.budget
        spent, expected = self.spend(budget)
        limit = Decimal(str(budget["BudgetLimit"]["Amount"]))
        for notice in held.notices:
            kind = notice.notification["NotificationType"]
            amount, bound = (spent if kind == "ACTUAL" else expected), _bound(notice.notification, limit)
            if amount > bound and notice.told != f"{today:%Y-%m}":
                yield notice, _letter(budget, kind, limit, bound, amount, today)


def _bound(notification: Document, limit: Decimal) -> Decimal:
    threshold = Decimal(str(notification["Threshold"]))
    if notification.get("ThresholdType", "PERCENTAGE") == "ABSOLUTE_VALUE":
        return threshold
    return limit * threshold / 100


def _letter(budget: Document, kind: str, limit: Decimal, bound: Decimal, amount: Decimal, today: date) -> str:
    """In the form of AWS's letters, by the lines that programs find in them: a topic gets no other."""
    name = budget["BudgetName"]
    return f"""AWS Budget Notification {today:%B} {today.day}, {today.year}
AWS Account {get_account_id()}

Budget Name: {name}
Budget Type: Cost
Budgeted Amount: {money(limit)}
Alert Type: {kind}
Alert Threshold: > {money(bound)}
{kind} Amount: {money(amount)}
"""


def publish(arn: str, subject: str, text: str) -> None:
    _, _, _, _, region, account, *_ = ("", *arn.split(":"))
    with request_scope(account or get_account_id(), region):
        sns._fanout(arn, str(uuid.uuid4()), text, subject[:100])


def install(account: Account) -> Budgets:
    budgets = Budgets(account, publish, looked_at=account.now())
    operations = {
        "CreateBudget": budgets.create_budget,
        "DeleteBudget": budgets.delete_budget,
        "DescribeBudget": budgets.describe_budget,
        "DescribeBudgets": budgets.describe_budgets,
        "DescribeNotificationsForBudget": budgets.describe_notifications_for_budget,
        "DescribeSubscribersForNotification": budgets.describe_subscribers_for_notification,
    }
    installed(SERVICE, TARGET, operations)
    return budgets
