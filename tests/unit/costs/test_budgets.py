"""Budgets that act: each threshold is told once, the forecast too, and a new month begins anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pytest

from stargate.domain.costs.budget import Budget
from stargate.domain.environment import Status
from stargate.usecases.costs.watch_budgets import WatchBudgets
from tests.unit.costs.cost_play import FIRST, ID, CostPlay
from tests.unit.operating.loop_play import LoopPlay

KEY = "budget-passed#cost"


@dataclass
class BudgetPlay:
    """A sandbox that costs some $66 a day, and the loop that hears of it."""

    costs: CostPlay = field(default_factory=CostPlay)

    def __post_init__(self):
        self.loop = LoopPlay(clock=self.costs.clock, table=self.costs.table, identifier=ID)
        self.loop.table.environments.pop("00000000e001", None)
        self.loop.table.names["sandbox"] = ID
        self.watch = WatchBudgets(
            self.costs.environments,
            self.loop.operations,
            self.costs.state,
            self.loop.signals,
            self.costs.clock,
        )

    def may_spend(self, monthly, thresholds=(50, 80, 100)):
        budget = None if monthly is None else Budget(monthly=Decimal(monthly), thresholds=thresholds)
        self.costs.stands(replace(self.costs.environment, budget=budget))
        return self

    def until(self, *when):
        self.costs.until(*when)
        return self.watch().get("sandbox", "")

    @property
    def condition(self):
        found = self.loop.operations.by_id(ID).operations.conditions.get(KEY)
        return found if found is not None and found.open else None


@pytest.fixture
def play():
    return BudgetPlay()


def test_each_threshold_is_told_once_as_it_is_passed(play):
    """Half of it, four fifths, all of it: a warning, and critical when it is spent."""
    play.may_spend(400)
    told = [play.until(date(2026, 11, day), 1) for day in range(2, 10)]
    assert [one for one in told if one] == [
        "expected 2026-11",
        "spent 2026-11 50 %",
        "spent 2026-11 80 %",
        "spent 2026-11 100 %, expected 2026-11 no more",
    ]
    assert play.condition.severity == "critical"
    assert play.condition.facts["percent"] > 100
    assert play.condition.facts["budget_usd"] == 400.0


def test_several_at_once_are_each_told(play):
    """A budget that was set when most of it was spent."""
    play.costs.until(FIRST, 23)
    play.may_spend(50)
    assert play.until(FIRST, 23, 30) == "spent 2026-11 50 %, spent 2026-11 80 %, spent 2026-11 100 %"


def test_that_it_will_not_hold_is_told_before_it_is_passed(play):
    """With the day on which it is expected to be."""
    play.may_spend(1200)
    assert play.until(date(2026, 11, 5)) == "expected 2026-11"
    assert play.condition.severity == "warning"
    assert play.condition.facts["passes_on"].startswith("2026-11-")
    assert play.condition.facts["expected_percent"] > 100


def test_a_budget_that_holds_is_silent(play):
    """Nothing is told, and nothing is open."""
    play.may_spend(100_000)
    assert play.until(date(2026, 11, 5)) == ""
    assert play.condition is None


def test_a_raised_budget_ends_what_was_told(play):
    """And so does one that is taken back."""
    play.may_spend(100)
    play.until(date(2026, 11, 5))
    assert play.condition.severity == "critical"
    play.may_spend(100_000)
    assert "spent 2026-11 100 % no more" in play.until(date(2026, 11, 5), 1)
    assert play.condition is None
    play.may_spend(100)
    play.until(date(2026, 11, 5), 2)
    play.may_spend(None)
    play.until(date(2026, 11, 5), 3)
    assert play.condition is None


def test_a_new_month_begins_anew(play):
    """What was told of the old one is over, and its thresholds are told again when they are passed again."""
    play.may_spend(300)
    play.until(date(2026, 11, 28))
    told = play.until(date(2026, 12, 1), 2)
    assert "spent 2026-11 100 % no more" in told
    assert play.condition.severity == "warning"  # it will not hold in December either
    assert "spent 2026-12 50 %" in play.until(date(2026, 12, 4))


def test_the_default_records_it_and_wakes_nobody(play):
    """Its rule says what a person may do."""
    play.may_spend(50)
    play.until(date(2026, 11, 3))
    assert play.condition.decided.verdict == "none"
    assert play.condition.decided.reason.startswith("nobody is woken for a budget")


def test_one_at_rest_is_not_asked(play):
    """It spends as little as it can."""
    play.may_spend(50)
    play.costs.stands(replace(play.costs.environment, status=Status.ASLEEP))
    assert play.until(FIRST, 12) == ""


def test_without_a_budget_nothing_is_reckoned(play):
    """The usual case costs one question."""
    play.costs.state.prices.book = None  # a statement would fail
    assert play.until(FIRST, 0, 5) == ""
