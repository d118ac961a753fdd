"""One number: its parts add up, its forecast has a range, and what differs from the bill is explained."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stargate.domain.costs.actuals.account import Account
from stargate.domain.costs.actuals.day import Day
from stargate.domain.costs.actuals.keys import KeyUse, key_uses
from stargate.domain.costs.actuals.metering import Metered
from stargate.domain.costs.actuals.month import DAY, Month, midnight
from stargate.domain.costs.budget import Budget
from stargate.domain.costs.prices import PriceBook
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.environment import Status
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError
from tests.unit.costs.cost_play import FIRST, CostPlay, an_environment, as_billed
from tests.unit.life.test_schedule import OFFICE

TENTH, ELEVENTH = (FIRST + timedelta(days=number) for number in (9, 10))
HASH = "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b"


@pytest.fixture(scope="module")
def ten_days():
    return CostPlay().until(TENTH)


def days_of(amounts):
    """A day for each list of dollars, which are those of different parts."""
    items = ("balancer", "secret", "nat_gateway", "alarm_metric")
    return tuple(
        Day(
            FIRST + timedelta(days=number),
            midnight(FIRST) + number * DAY,
            midnight(FIRST) + (number + 1) * DAY,
            tuple(
                Metered("s", item, item, "fixed", "hour", Decimal(1), usd, assumed=False, confirmed=True)
                for item, usd in zip(items, row, strict=False)
            ),
        )
        for number, row in enumerate(amounts)
    )


MONEY = st.decimals(min_value=0, max_value=100, places=6)


@given(st.lists(st.lists(MONEY, min_size=1, max_size=4), min_size=1, max_size=30))
@settings(max_examples=60)
def test_days_and_parts_add_up_to_the_cent_whatever_the_fractions(amounts):
    """And no part is further than a cent from what it exactly is, however many days there are."""
    account = Account(Month(2026, 11), days_of(amounts), midnight(FIRST) + 31 * DAY)
    assert account.total == sum(account.of_day(day.day) for day in account.days)
    assert account.total == sum(account.of_part(part) for part in account.parts)
    for part, item in (("balancer", 0), ("secrets", 1)):
        exact = sum(row[item] for row in amounts if len(row) > item)
        assert abs(account.of_part(part) - exact) <= Decimal("0.005")


def test_the_number_is_the_sum_of_its_parts(ten_days):
    """By day, by group, by part; infrastructure, tokens and the control plane are all there is."""
    document = ten_days.stated()
    number = document["number"]
    whole = number["month_to_date"]
    assert whole == sum(day["usd"] for day in document["days"])
    assert whole == sum(part["usd"] for part in document["parts"])
    assert whole == sum(document["groups"].values())
    assert whole == number["infrastructure"] + number["tokens"] + number["control_plane"]
    assert all(day["usd"] == sum(day["groups"].values()) for day in document["days"])


def test_the_control_planes_share_is_told_by_what_it_is_made_of(ten_days):
    """Its items add up to it, to the cent; its alarms are among them."""
    document = ten_days.stated()
    items = {one["item"]: one["usd"] for one in document["control_plane"]}
    assert sum(items.values()) == document["number"]["control_plane"]
    assert {"alarms", "calls of functions", "questions for the bill"} <= set(items)


def test_the_number_by_hand(ten_days):
    """Nine days less five minutes: of the database 215.9167 hours at $0.45, of tokens 1.1 + 0.55 an hour."""
    document = ten_days.stated()
    parts = {part["part"]: part["usd"] for part in document["parts"]}
    assert parts["database"] == Decimal("97.16")
    assert document["number"]["tokens"] == Decimal("356.26")
    assert document["number"]["calls"] == 215_916
    (haiku,) = document["models"]
    assert haiku["input_millions"] == pytest.approx(Decimal("215.916667"))


def test_per_thousand_calls_and_per_user(ten_days):
    """All of the cost, over what was answered and over the keys that asked."""
    document = ten_days.stated()
    number = document["number"]
    assert number["per_1000_calls"] == pytest.approx(
        number["month_to_date"] / Decimal("215.916"), abs=Decimal("0.01")
    )
    assert (number["users"], number["per_user"]) == (None, None)


def test_the_forecast_goes_on_as_it_was(ten_days):
    """Every hour was like the last, so the month's end is known but for what is assumed."""
    forecast = ten_days.stated()["forecast"]
    document = ten_days.stated()
    a_day = document["number"]["month_to_date"] / (Decimal(9) - Decimal(5) / 1440)
    assert forecast["expected"] == pytest.approx(30 * a_day, rel=Decimal("0.02"))
    assert forecast["low"] <= forecast["expected"] <= forecast["high"]
    assert forecast["by_day"][-1]["expected"] == forecast["expected"]


def test_scatter_widens_the_forecast():
    """Days of different use make a wide range, days that are alike a narrow one."""

    def width(uses):
        play = CostPlay()
        for number, use in enumerate(uses):
            play.usage.hourly["haiku_input"] = Decimal(use * 1_000_000)
            play.until(FIRST + timedelta(days=number + 1))
        forecast = play.stated()["forecast"]
        return forecast["high"] - forecast["low"]

    assert width([2] * 8) < 1
    assert width([1, 3, 1, 3, 1, 3, 1, 3]) > 200


def test_after_two_days_the_range_says_what_it_does_not_know():
    """From no use at all to twice what was seen."""
    play = CostPlay().until(FIRST + timedelta(days=2))
    forecast = play.stated()["forecast"]
    assert "fewer than 3 whole days" in forecast["words"]
    more, less = forecast["high"] - forecast["expected"], forecast["expected"] - forecast["low"]
    assert abs(more - less) <= Decimal("0.01")
    assert less > 1000


def test_the_forecast_follows_what_is_declared_now(ten_days):
    """A change half way: the days behind cost what they did, those ahead what they will."""
    before = ten_days.stated()["forecast"]["expected"]
    play = CostPlay().until(TENTH)
    spec = play.environment.spec.overridden({"database": {"class": "db.r6g.xlarge"}})
    play.stands(replace(play.environment, spec=spec))
    added = 21 * 24 * Decimal("0.45")
    assert play.stated()["forecast"]["expected"] - before == pytest.approx(added, rel=Decimal("0.01"))


def test_a_month_that_is_over_has_no_forecast():
    """It came to what it came to."""
    play = CostPlay().until(date(2026, 12, 4))
    november = play.stated("2026-11")
    assert november["forecast"]["words"] == "the month is over"
    assert november["forecast"]["expected"] == november["number"]["month_to_date"]
    assert len(november["days"]) == 30


def test_a_budget_is_held_against_the_number_and_its_forecast(ten_days):
    """In percent, with the day on which it is expected to be passed."""
    play = CostPlay().until(TENTH)
    play.stands(replace(play.environment, budget=Budget(monthly=Decimal(1000))))
    number = play.stated()["number"]
    assert number["budget"] == 1000
    assert number["budget_percent"] == (number["month_to_date"] / 10).quantize(Decimal("0.01"))
    assert number["forecast_percent"] > 100
    passing = date.fromisoformat(number["passes_budget_on"])
    assert TENTH < passing < date(2026, 11, 30)
    assert ten_days.stated()["number"]["budget"] is None


def test_hours_in_which_it_came_up_make_no_month_of_fewer_tasks():
    """Half of the tasks on average, for it was made in between: a month has all that are declared."""
    play = CostPlay()
    play.usage.hourly["litellm_task_hours"] = Decimal(1)
    _, spot = play.until(FIRST, 6).stated()["savings"]
    assert any(row.startswith("litellm vCPU: 2,920.0 x") for row in spot["arithmetic"])


def test_sleep_and_spot_are_told_with_their_arithmetic(ten_days):
    """Each row is a product that can be multiplied again, and the rows are the difference."""
    sleep, spot = ten_days.stated()["savings"]
    assert sleep["what"].startswith("asleep but for mon-fri 08:00-20:00: 64.3 %")
    assert "data database db.r6g.large: 730.0 x 0.45 -> 260.7 x 0.45 hour = -211.19" in sleep["arithmetic"]
    assert "litellm vCPU: 2,920.0 x 0.04048 -> 2,920.0 x 0.012144 vCPU-hour = -82.74" in spot["arithmetic"]
    for one in (sleep, spot):
        rows = sum(Decimal(row.rpartition("= ")[2].replace(",", "")) for row in one["arithmetic"])
        assert one["saves"] == -rows == one["now"] - one["then"]


def test_a_schedule_tells_what_it_saves_already(ten_days):
    """And one that is on Spot is not advised to go there."""
    play = CostPlay(an_environment(schedule=OFFICE)).until(FIRST, 12)
    (schedule, _) = play.stated()["savings"]
    assert schedule["what"] == "its schedule saves this already"
    assert schedule["saves"] > 0
    poc = CostPlay(an_environment("poc", name="sandbox")).until(FIRST, 12)
    assert len(poc.stated()["savings"]) == 1


def test_use_and_bill_are_reconciled_part_by_part():
    """Differences come from quantity or from price, and their words say how much of which."""
    play = CostPlay().until(TENTH)
    lines = as_billed(FIRST, play)
    other = ("EC2 - Other", "USE1-DataTransfer-Out-Bytes")
    changed = [
        (day, service, usage, usd / 2 if "Fargate-vCPU" in usage else usd, quantity)
        for day, service, usage, usd, quantity in lines
        if "Secrets" not in service
    ]
    play.bill(*changed, (FIRST, *other, "1.25", 12), beside=[(FIRST, "Credit", -10), (FIRST, "Tax", "0.5")])
    found = {line["part"]: line for line in play.stated()["reconciliation"]}
    assert found["database"]["why"] == "agrees"
    assert "another price, or mix of prices, free tier or discount: -" in found["task vCPU"]["why"]
    assert found["secrets"]["why"] == "not in the bill: it bears no tag, or AWS charges nothing for it"
    assert found["EC2 - Other: DataTransfer-Out-Bytes"]["why"] == "not foreseen by any rule"
    assert (found["credits"]["billed"], found["taxes"]["billed"]) == (-10, Decimal("0.50"))
    assert "control plane" not in found


def test_a_free_tier_is_told_as_one():
    """So much was used, and nothing was charged."""
    play = CostPlay().until(TENTH)
    lines = [
        (day, service, usage, 0 if "CW:Alarm" in usage else usd, quantity)
        for day, service, usage, usd, quantity in as_billed(FIRST, play)
    ]
    play.bill(*lines)
    found = {line["part"]: line for line in play.stated()["reconciliation"]}
    assert found["alarms"]["why"].startswith("free tier: ")


def test_the_models_error_is_tracked_day_by_day():
    """Of what was billed, in percent; what is not billed has none."""
    play = CostPlay().until(TENTH)
    play.bill(*as_billed(FIRST, play, Decimal("1.1")), *as_billed(FIRST + timedelta(days=1), play))
    accuracy = play.stated()["accuracy"]
    assert [one["day"] for one in accuracy["days"]] == ["2026-11-01", "2026-11-02"]
    first, second = (one["error_percent"] for one in accuracy["days"])
    assert first < second
    assert accuracy["month"]["metered"] == sum(one["metered"] for one in accuracy["days"])


def test_keys_and_teams_are_told_by_what_they_spent():
    """By our prices, with LiteLLM's own figure beside; keys are the users that are known."""
    play = CostPlay().until(FIRST, 2)
    known = play.day(FIRST)
    rows = [
        {
            "alias": "batch",
            "team": "ml",
            "model": "claude-haiku-4-5",
            "input": 3_000_000,
            "cache_read": 1_000_000,
            "output": 100_000,
            "spend": 9.99,
        },
        {"hash": HASH, "model": "claude-opus-4-5", "input": 1000},
        {"alias": "idle"},
    ]
    play.days.put(play.environment.environment_id, known.with_keys(key_uses(rows)))
    document = play.stated()
    assert document["number"]["users"] == 2
    batch, other = document["keys"]
    assert (batch["usd"], batch["litellm_usd"]) == (Decimal("2.86"), Decimal("9.99"))  # 2.20 + 0.11 + 0.55
    assert (other["key"], other["usd"]) == ("88dc28d0", Decimal("0.01"))


def test_uses_of_a_key_add_up():
    """Over days and looks."""
    one = KeyUse("a", "t", "haiku", *(Decimal(number) for number in range(5)))
    assert one.plus(one) == KeyUse("a", "t", "haiku", *(Decimal(2 * number) for number in range(5)))


def test_a_day_that_nothing_is_known_of_is_told():
    """A gap is no zero."""
    play = CostPlay().until(FIRST + timedelta(days=3))
    del play.days.kept[play.environment.environment_id][FIRST + timedelta(days=1)]
    assert "not metered: 2026-11-02" in play.stated()["notes"]


def test_nothing_was_metered_yet():
    """An environment of a minute has a statement, of nothing."""
    play = CostPlay()
    document = play.stated()
    assert (document["number"]["month_to_date"], document["days"]) == (0, [])
    assert document["forecast"]["expected"] == pytest.approx(Decimal(783), abs=1)


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2026-12", "2026-12 is in the future"),
        ("2026-10", "sandbox was made on 2026-11-01"),
        ("soon", "'soon' is no month"),
    ],
)
def test_a_month_that_cannot_be_told_of_is_refused(ten_days, month, words):
    """With the months that can."""
    with pytest.raises(InvalidRequestError) as refused:
        ten_days.stated(month)
    (fault,) = refused.value.faults
    assert (fault.path, fault.fault) == ("?month", words)
    assert "from 2026-11 to 2026-11" in fault.allowed


def test_an_environment_that_is_not_there_is_named(ten_days):
    """As everywhere."""
    with pytest.raises(EnvironmentNotFoundError):
        ten_days.state.of_name("other")


def test_a_missing_price_is_named():
    """No total is told without it."""
    play = CostPlay().until(FIRST, 1)
    play.prices.book = lambda: PriceBook([SNAPSHOT.of("balancer", "us-east-1")])
    with pytest.raises(InvalidRequestError, match="no price of"):
        play.stated()


def test_november_ends_on_its_thirtieth():
    """The forecast has a point for each day that is left, and none beyond."""
    play = CostPlay().until(ELEVENTH)
    points = play.stated()["forecast"]["by_day"]
    assert [points[0]["day"], points[-1]["day"]] == ["2026-11-11", "2026-11-30"]
    assert len(points) == calendar.monthrange(2026, 11)[1] - 10


def test_an_asleep_environment_goes_on_at_the_price_of_sleep():
    """No task and no database are expected to run."""
    awake = CostPlay().until(TENTH)
    asleep = CostPlay().until(TENTH)
    asleep.usage.hourly = {}
    asleep.stands(replace(asleep.environment, status=Status.ASLEEP))
    assert asleep.stated()["forecast"]["expected"] < awake.stated()["forecast"]["expected"] - 200
