"""A whole simulated month: what was metered against the bill that was made of the same use in another way.

The bill knows each task by the second, each token by the twin's own sums, and what stands; the metering knows
what CloudWatch tells. Both are simulated, and the prices are the same list: this proves the counting.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from stargate.domain.costs.actuals.parts import CONTROL_PLANE, TOKENS
from tests.proof import simulated_month

pytestmark = pytest.mark.timeout(1800)  # two minutes of computing, on a machine that has others
NEAR = Decimal("0.02")
SMALL = Decimal("0.50")  # dollars a month of one part: less than that is no matter


@pytest.fixture(scope="module")
def played():
    with pytest.MonkeyPatch.context() as keys:  # that open nothing
        keys.setenv("AWS_ACCESS_KEY_ID", "testing")
        keys.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        return simulated_month.played()


@pytest.fixture
def month(played):
    return played[0]


@pytest.fixture
def document(played):
    return played[1]


def sums(document, *, tokens):
    """(metered, billed) of tokens, or of all that is none."""
    rows = [row for row in document["reconciliation"] if (row["group"] == TOKENS) == tokens]
    return sum(row["metered"] for row in rows), sum(row["billed"] for row in rows)


def test_the_month_held_what_a_month_holds(month, document):
    """Scaling each working day, nights and weekends asleep, Spot interruptions, and another specification."""
    happened = month.happened
    assert (happened.scaled, happened.nights) == (40, 15)
    assert happened.interruptions > 20
    lines = [line for day in month.days() for line in day.metered]
    items = {line.item for line in lines}
    assert {"fargate_vcpu_x86_64", "fargate_spot_vcpu_x86_64"} <= items
    assert {"db.r6g.large_multi", "db.t4g.micro_single"} <= items
    assert document["number"]["calls"] > 100_000


def test_every_day_was_billed(document):
    """Whole, and none is left to be believed on its use alone."""
    assert {day["state"] for day in document["days"]} == {"billed"}
    assert len(document["days"]) == 28
    assert not any("not metered" in note for note in document["notes"])


def test_the_use_is_within_two_percent_of_the_bill(document):
    """All of it."""
    found = document["accuracy"]["month"]
    assert abs(found["error_percent"]) < 2, found
    assert found["billed"] > 500


@pytest.mark.parametrize("tokens", [True, False])
def test_neither_tokens_nor_infrastructure_hide_the_others_error(document, tokens):
    """Each alone is within two percent."""
    metered, billed = sums(document, tokens=tokens)
    assert billed > 100
    assert abs(metered - billed) < NEAR * billed, (metered, billed)


def test_no_part_is_far_from_its_bill(document):
    """Within five percent, or half a dollar of what is small."""
    rows = document["reconciliation"]
    assert [row for row in rows if abs(row["difference"]) > max(SMALL, row["billed"] / 20)] == []


def test_the_number_is_the_bill_and_its_days_and_parts_add_up(document):
    """To the cent, with the share of the control plane that no bill has."""
    number, groups = document["number"], document["groups"]
    assert number["month_to_date"] == sum(day["usd"] for day in document["days"])
    assert number["month_to_date"] == sum(part["usd"] for part in document["parts"])
    assert number["month_to_date"] == sum(groups.values())
    rest = number["month_to_date"] - groups[CONTROL_PLANE]
    assert abs(rest - document["bill"]["amortized"]) <= Decimal("0.20")  # thirty parts, each rounded


def test_sleep_and_the_smaller_specification_show(document):
    """A Sunday asleep costs less than a Sunday awake, and the second half less than the first."""
    usd = {day["day"]: day["usd"] - day["groups"].get(TOKENS, 0) for day in document["days"]}
    assert usd["2027-02-14"] < usd["2027-02-07"] * Decimal("0.6")
    first, second = (
        sum(usd for day, usd in usd.items() if (day < "2027-02-15") == half) for half in (True, False)
    )
    assert second < first / 2
