"""Budgets are asked for with care, and a change above the ceiling is refused before anything is touched."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stargate.adapters.state.rows import environment_of, environment_row
from stargate.domain.costs.budget import Budget
from stargate.domain.costs.prices import PriceBook
from stargate.domain.environment import Status
from stargate.errors import InvalidRequestError, NameTakenError
from stargate.usecases.costs.hold_ceiling import HoldCeiling
from tests import fakes
from tests.unit.costs.cost_play import PLAYED
from tests.unit.life.test_updates import Workshop

DEARER = {"database": {"class": "db.r6g.xlarge"}}
CHEAPER = {"database": {"class": "db.t4g.large"}}


class Nothing(fakes.FakePrices):
    def book(self):
        return PriceBook([])


class Office(Workshop):
    """A READY sandbox; what is asked for is priced by the real templates."""

    def __post_init__(self):
        super().__post_init__()
        self.price_by(self.prices)

    def price_by(self, prices):
        hold = HoldCeiling(fakes.FakeManifests(PLAYED), prices)
        for asked in (self.create, self.change):
            object.__setattr__(asked, "hold_ceiling", hold)


@pytest.fixture
def office():
    return Office()


def test_a_creation_above_its_ceiling_is_refused(office):
    """With its price and the ceiling, and nothing is written."""
    with pytest.raises(InvalidRequestError) as refused:
        office.create({"name": "other", "preset": "sandbox", "budget": {"ceiling": 500}})
    (fault,) = refused.value.faults
    assert fault.path == "/budget/ceiling"
    assert fault.fault == "other would cost $794.17 a month, more than its ceiling of $500.00"
    assert office.environments.by_name("other") is None


def test_a_creation_within_its_ceiling_keeps_its_budget(office):
    """In its row as it was asked for, to the cent."""
    budget = {"monthly": 1200.5, "ceiling": 794.17, "thresholds": [75, 100]}
    made = office.create({"name": "other", "preset": "sandbox", "budget": budget})
    assert made.budget == Budget(Decimal("1200.50"), Decimal("794.17"), (75, 100))
    assert environment_of(environment_row(made)).budget == made.budget
    assert office.show.one("other")["budget"] == budget


def test_the_same_name_with_another_budget_is_taken(office):
    """POST asks for what is not there yet; PATCH changes what is."""
    with pytest.raises(NameTakenError, match="PATCH changes it"):
        office.create({"name": "sandbox", "preset": "sandbox", "budget": {"monthly": 1}})


def test_a_change_above_the_ceiling_is_refused(office):
    """And everything stays as it was."""
    office.patch(budget={"ceiling": 800})
    before = office.now()
    with pytest.raises(InvalidRequestError, match="more than its ceiling"):
        office.patch(overrides=DEARER)
    assert office.now() == before


def test_a_change_with_a_higher_ceiling_in_the_same_request_is_taken(office):
    """The ceiling that counts is the one that is asked for."""
    office.patch(budget={"ceiling": 800})
    assert office.patch(overrides=DEARER, budget={"ceiling": 2000}).status is Status.UPDATING


def test_what_stands_above_a_new_ceiling_may_stay_and_get_cheaper(office):
    """Only what gets dearer is refused: otherwise nobody could come down below a ceiling step by step."""
    office.patch(budget={"ceiling": 10})
    assert office.patch(overrides=CHEAPER).status is Status.UPDATING


def test_what_has_no_price_cannot_be_held_below_a_ceiling(office):
    """It is refused, and what is missing is named."""
    office.patch(budget={"ceiling": 5000})
    office.price_by(Nothing())
    with pytest.raises(InvalidRequestError, match=r"no price of .*nat_gateway in us-east-1"):
        office.patch(overrides=DEARER)


def test_without_a_ceiling_no_price_is_asked_for(office):
    """Whoever sets no limit is not kept from anything by a price that is not known."""
    office.price_by(Nothing())
    assert office.patch(overrides=DEARER).status is Status.UPDATING


@pytest.mark.parametrize(
    ("budget", "paths"),
    [
        ({}, ["/budget"]),
        ({"monthly": 0}, ["/budget/monthly"]),
        ({"monthly": -5, "ceiling": 1e12}, ["/budget/ceiling", "/budget/monthly"]),
        ({"monthly": 10.001}, ["/budget/monthly"]),
        ({"monthly": "much"}, ["/budget/monthly"]),
        ({"monthly": 100, "thresholds": [80, 50]}, ["/budget/thresholds"]),
        ({"monthly": 100, "thresholds": []}, ["/budget/thresholds"]),
        ({"monthly": 100, "thresholds": [0]}, ["/budget/thresholds/0"]),
        ({"monthly": 100, "daily": 5}, ["/budget/daily"]),
        ("cheap", ["/budget"]),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused_by_name(office, budget, paths):
    """In a creation as in a change."""
    for ask in (
        lambda: office.create({"name": "other", "preset": "poc", "budget": budget}),
        lambda: office.patch(budget=budget),
    ):
        with pytest.raises(InvalidRequestError) as refused:
            ask()
        assert [fault.path for fault in refused.value.faults] == paths


def test_one_limit_is_changed_and_the_others_stay(office):
    """And a limit is taken back by null; the budget goes with its last one."""
    office.patch(budget={"monthly": 900, "ceiling": 1000})
    assert office.patch(budget={"monthly": 950}).budget == Budget(Decimal(950), Decimal(1000))
    assert office.patch(budget={"ceiling": None}).budget == Budget(Decimal(950))
    assert office.patch(budget={"monthly": None}).budget is None


def test_a_budget_is_taken_back(office):
    """By null, and the ledger says both."""
    office.patch(budget={"monthly": 900})
    assert office.patch(budget=None).budget is None
    assert [words for words in office.summaries() if "sandbox may" in words or "budget" in words] == [
        "sandbox may spend $900.00 a month",
        "sandbox has no budget any more",
    ]
