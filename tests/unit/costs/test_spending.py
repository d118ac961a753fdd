"""Tokens that cost many times what is usual are noticed within minutes, told once, and over when they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from stargate.domain.costs.actuals.day import Day
from stargate.domain.costs.actuals.keys import KeyUse
from stargate.domain.costs.actuals.metering import Metered
from stargate.domain.costs.actuals.month import DAY, midnight
from stargate.domain.costs.budget import Budget
from stargate.domain.costs.burning import Burn, Level, burn, judged, usual
from stargate.domain.scaling.quota_watch import UseMinute
from stargate.usecases.costs.watch_spending import WatchSpending
from tests import fakes
from tests.unit.operating.loop_play import IDENTIFIER
from tests.unit.scaling.test_watch_quotas import QuotaPlay

KEY = "cost-anomaly#tokens"


def minutes(now, tokens, count=3):
    """Of haiku, the newest of them two minutes ago, as late as CloudWatch is."""
    first = now // 60 * 60 - 60 * (count + 1)
    return {"haiku": tuple(UseMinute(first + 60 * n, requests=9, input_tokens=tokens) for n in range(count))}


def day(at, usd, hours=24):
    line = Metered(
        "models",
        "haiku input tokens",
        "haiku_input",
        "tokens",
        "million",
        Decimal(1),
        Decimal(usd),
        assumed=False,
        confirmed=True,
    )
    begins = midnight(at)
    return Day(at, begins, begins + hours * 3600, (line,))


class SpendingPlay(QuotaPlay):
    """The watch each minute, of a gateway whose last week cost 24 dollars of tokens a day: one an hour."""

    def __post_init__(self):
        super().__post_init__()
        self.days = fakes.FakeCostDays()
        today = datetime.fromtimestamp(self.clock.now(), UTC).date()
        for back in range(1, 8):
            self.days.put(IDENTIFIER, day(today - timedelta(days=back), 24))
        spending = WatchSpending(self.days, self.watch.take, self.clock)
        self.watch = replace(self.watch, spending=spending)

    def burns(self, usd_an_hour):
        """Haiku's input, at $1.10 a million."""
        now = self.clock.now() // 60 * 60
        tokens = usd_an_hour / 60 / 1.10 * 1e6
        self.use.known[f"{IDENTIFIER}-haiku"] = tuple(
            UseMinute(now - 60 * back, requests=100.0, input_tokens=tokens) for back in range(6, 1, -1)
        )
        self.watch()

    @property
    def anomaly(self):
        found = self.condition(KEY)
        return found if found is not None and found.open else None


@pytest.fixture
def play():
    return SpendingPlay()


def test_a_burn_is_what_the_last_minutes_would_cost_in_an_hour():
    """By hand: a million tokens of haiku in each of three minutes are $66 an hour."""
    found = burn(minutes(10_000.0, 1e6), "us-east-1", 10_000.0)
    assert found == Burn(Decimal("66.0"), {"haiku": Decimal("66.0")})


def test_one_minute_of_three_counts_a_third():
    """What has just begun is not yet taken for what goes on."""
    assert burn(minutes(10_000.0, 3e6, count=1), "us-east-1", 10_000.0).usd == Decimal("66.0")


def test_minutes_of_long_ago_burn_nothing():
    """A gateway that nobody calls has no newer ones."""
    assert burn(minutes(10_000.0, 1e6), "us-east-1", 20_000.0).usd == 0
    assert burn({}, "us-east-1", 0.0).usd == 0


def test_a_model_without_a_price_in_the_region_burns_nothing():
    """That it has none is told by the estimate; the watch goes on with the others."""
    assert burn(minutes(10_000.0, 1e6), "eu-central-1", 10_000.0).usd == 0


def test_usual_is_the_busiest_day_that_was_metered_for_half_of_it():
    """A few minutes of a day say nothing."""
    first = datetime(2026, 11, 1, tzinfo=UTC).date()
    days = [day(first, 24), day(first + timedelta(1), 48), day(first + timedelta(2), 50, hours=2)]
    assert usual(days) == 2
    assert usual([]) is None


@pytest.mark.parametrize(
    ("usd", "known", "left", "before", "level"),
    [
        ("1.99", "0.1", None, Level.OK, Level.OK),  # too little to matter
        ("4.99", "1", None, Level.OK, Level.OK),
        ("5", "1", None, Level.OK, Level.WARNING),
        ("10", "1", None, Level.OK, Level.CRITICAL),
        ("5", "1", "119", Level.OK, Level.CRITICAL),  # the budget is gone within a day
        ("5", "1", "-3", Level.OK, Level.CRITICAL),
        ("19", None, None, Level.OK, Level.OK),  # nothing is known of what is usual
        ("20", None, None, Level.OK, Level.WARNING),
        ("3", "1", None, Level.WARNING, Level.WARNING),  # not half of what led to it
        ("2.4", "1", None, Level.WARNING, Level.OK),
        ("5", "1", None, Level.CRITICAL, Level.CRITICAL),
        ("4.9", "1", None, Level.CRITICAL, Level.WARNING),
    ],
)  # fmt: skip
def test_levels(usd, known, left, before, level):
    """Many times the usual, or a budget that will not outlast the day; and no flapping."""
    known, left = (None if value is None else Decimal(value) for value in (known, left))
    assert judged(Burn(Decimal(usd), {}), known, left, before).level is level


def test_a_runaway_script_is_told_with_its_figures(play):
    """Twenty times what is usual: critical, by model, and a person is paged."""
    play.burns(20)
    condition = play.anomaly
    assert condition.severity == "critical"
    assert condition.facts == {
        "reason": "tokens cost $20.00 an hour, 20 times the busiest of the last days",
        "usd_per_hour": 20.0,
        "usual_usd_per_hour": 1.0,
        "models": {"haiku": 20.0},
    }
    (action,) = play.actions()
    assert (action.kind, action.rule) == ("page", "cost-anomaly-critical")


def test_who_has_spent_most_today_is_told_with_it(play):
    """The first question of whoever is paged; as far as it is metered."""
    today = datetime.fromtimestamp(play.clock.now(), UTC).date()
    zero = Decimal(0)
    uses = [
        KeyUse(key, "ml", "haiku", Decimal(millions * 10**6), zero, zero, zero, zero)
        for key, millions in (("batch", 30), ("chat", 2), ("ci", 1), ("idle", 0))
    ]
    play.days.put(IDENTIFIER, day(today, 1).with_keys(uses))
    play.burns(20)
    assert play.anomaly.facts["keys_today_usd"] == {"batch": 33.0, "chat": 2.2, "ci": 1.1}


def test_ten_times_the_usual_is_told_within_five_minutes_of_its_beginning(play):
    """A look each minute, at minutes that CloudWatch has two minutes after they began."""
    begun = play.clock.now() // 60 * 60 + 600
    while play.anomaly is None:
        play.clock.pass_seconds(60)
        now = play.clock.now()
        newest = now // 60 * 60 - 120
        play.use.known[f"{IDENTIFIER}-haiku"] = tuple(
            UseMinute(at, requests=9, input_tokens=(10 if at >= begun else 1) / 60 / 1.10 * 1e6)
            for at in (newest - 60 * back for back in range(14, -1, -1))
        )
        play.watch()
    assert 0 < play.clock.now() - begun <= 300


def test_it_is_told_once_and_over_when_it_is(play):
    """Not again each minute."""
    play.burns(20)
    entries = len(play.entries())
    for _ in range(5):
        play.clock.pass_seconds(60)
        play.burns(21)
    assert len(play.entries()) == entries
    play.clock.pass_seconds(60)
    play.burns(1)
    assert play.anomaly is None


def test_usual_work_asks_nothing_and_tells_nothing(play):
    """Not even what is usual: the days are not read."""
    play.days.kept = None  # a question would fail
    play.burns(1.5)
    assert play.anomaly is None


def test_a_budget_that_would_not_outlast_the_day_is_critical_at_once(play):
    """Six times the usual are a warning, but for what is left of the month's money."""
    play.burns(6)
    assert play.anomaly.severity == "warning"
    play.becomes(budget=Budget(monthly=Decimal(100)))
    play.clock.pass_seconds(60)
    play.burns(6)
    assert play.anomaly.severity == "critical"
    assert "what is left of the budget lasts" in play.anomaly.facts["reason"]


def test_days_of_the_month_before_say_what_is_usual_too(play):
    """On the first of a month there are no others."""
    while datetime.fromtimestamp(play.clock.now(), UTC).day != 1:
        play.clock.pass_seconds(DAY)
    last = datetime.fromtimestamp(play.clock.now(), UTC).date() - timedelta(days=1)
    play.days.kept = {}
    play.days.put(IDENTIFIER, day(last, 240))
    play.burns(20)
    assert play.anomaly is None
