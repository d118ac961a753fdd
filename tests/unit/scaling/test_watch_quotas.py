"""The watch each minute: metrics, budgets for the loop, and signals where something changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.scaling.quota_budgets import Budgets
from stargate.domain.scaling.quota_watch import Limit
from stargate.errors import AwsDeniedError
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER
from tests.unit.scaling.quota_play import SONNET, TOKENS, QuotaPlay


@pytest.fixture
def play():
    return QuotaPlay()


def test_use_is_published_and_shared_out(play):
    """As metrics of the account's region, and as a budget for the one environment that uses it."""
    play.uses(30)
    told = play.watch()
    assert told == {
        "us-east-1": {"percent": {"us.haiku": 0.0, "us.sonnet": 30.0, "us.opus": 0.0}, "signals": 0}
    }
    assert play.watched().shares == {"sandbox": 1.0, "others": 0.0}
    budget = play.quota_budgets.rows["us-east-1"].of("sandbox", play.clock.now())
    assert budget[SONNET] == pytest.approx(TOKENS / 60)


def test_a_level_is_told_once_when_it_begins_and_once_when_it_ends(play):
    """Ten minutes at nine tenths make one signal of each kind, with the evidence in it."""
    for _ in range(10):
        play.uses(90)
        play.watch()
        play.clock.pass_seconds(60)
    condition = play.quota_condition()
    assert condition.severity == "warning"
    assert condition.facts["percent"] == 90.0
    assert condition.facts["quota"].startswith("Cross-region model inference tokens per minute")
    assert {one.detail["kind"] for one in play.entries("signal")} == {"quota-high", "quota-warning"}
    assert len(play.entries("signal")) == 2
    play.uses(20)
    play.watch()
    assert play.quota_condition() is None
    assert play.quota_condition("quota-warning", "bedrock") is None


def test_throttles_open_a_condition_of_their_own(play):
    """And it ends with the first minute without any."""
    play.uses(99, throttles=50.0)
    play.watch()
    assert play.quota_condition().severity == "critical"
    assert play.quota_condition("model-throttled").severity == "critical"
    play.clock.pass_seconds(60)
    play.uses(99)
    play.watch()
    assert play.quota_condition("model-throttled") is None
    assert play.quota_condition() is not None


def test_a_change_makes_the_outer_loop_look_at_once(play):
    """Because of the signal, which is the cause of what it decides."""
    play.uses(97, throttles=50.0)
    play.watch()
    told = {entry.entry_id for entry in play.entries("signal")}
    assert {cause for _, cause in play.looks_ordered.ordered} <= told
    assert {identifier for identifier, _ in play.looks_ordered.ordered} == {IDENTIFIER}


def test_what_the_gateway_counted_is_the_newest_minute(play):
    """CloudWatch's last minute is two minutes old; what the tasks have counted since decides."""
    play.minutes(0.1, 0.1)
    play.asks(4.0)
    play.looks()
    play.uses(10, minutes=8)
    play.watch()
    assert play.watched().percent > 40


def test_what_calls_in_flight_reserve_is_held(play):
    """`max_tokens` less what an answer burns, for each of those in flight."""
    play.minutes(2.0, 2.0)
    play.uses(10)
    play.watch()
    in_flight = play.state().count.in_flight
    assert play.watched().held == pytest.approx(in_flight * (1024 - 5 * 40))


def test_a_quota_that_nobody_tells_is_the_one_last_known(play):
    """And the evidence says so."""
    play.limits.limits = {}
    play.uses(45)
    play.watch()
    assert play.watched().limit == Limit(5_000_000, 10_000, "last known")
    assert play.quota_condition().facts["told_by"] == "last known"


def test_a_quota_cut_to_half_is_seen_in_the_next_minute(play):
    """The same use is twice the share."""
    play.uses(60)
    assert play.watch()["us-east-1"]["signals"] == 0
    play.grants(TOKENS / 2)
    play.clock.pass_seconds(60)
    play.uses(60)
    play.watch()
    assert play.quota_condition().severity == "critical"
    play.grants(TOKENS)
    play.clock.pass_seconds(60)
    play.uses(60)
    play.watch()
    assert play.quota_condition() is None


def test_two_environments_of_an_account_are_told_of_what_both_use(play):
    """Each by itself would be well; each hears its own part of it."""
    one = play.table.environments[IDENTIFIER]
    play.table.environments["b"] = replace(one, environment_id="b", name="other")
    play.table.names["other"] = "b"
    play.uses(50)
    play.uses(40, environment="b")
    play.watch()
    assert play.watched().percent == pytest.approx(90)
    assert play.quota_condition().facts["share_percent"] == pytest.approx(55.6)
    other = play.operations.by_id("b").operations.conditions[f"quota-high#{SONNET}"]
    assert other.facts["share_percent"] == pytest.approx(44.4)


def test_a_minute_costs_the_same_calls_however_much_happens(play):
    """One question to CloudWatch for all of a region."""
    for percent in (10, 99):
        play.uses(percent)
        play.use.calls = 0
        play.watch()
        assert play.use.calls == 1


def test_what_cannot_be_published_is_decided_on_all_the_same(play):
    """CloudWatch refuses the metrics: budgets and signals are there, and the failure is heard of."""
    play.published.refuses = AwsDeniedError("PutMetricData: no")
    play.uses(97)
    with pytest.raises(ExceptionGroup):
        play.watch()
    assert play.quota_condition().severity == "critical"
    assert play.quota_budgets.rows["us-east-1"].of("sandbox", play.clock.now())


def test_the_quota_is_a_ceiling_of_the_bounds(play):
    """Throttled at half of what is asked for: no task more than it can use, and the reason says so."""
    comes_to_the_quota(play)
    assert play.state().at_quota
    assert play.bounds()[1] <= 4
    decision = [one for one in play.entries("decision") if one.actor == "scale_gateway"][-1]
    assert decision.detail["at_quota"]
    assert "quota" in decision.summary


def test_cpus_alarm_raises_no_bound_above_what_the_quota_can_use(play):
    """More tasks would only be refused more often; but where nobody looks any more the alarm is answered."""
    comes_to_the_quota(play)
    ceiling = play.bounds()[1]
    play.load(88, tasks=ceiling)
    play.alarm(CRITICAL, "ALARM")
    assert list(play.actions()) == []
    assert f"the quota can use no more than {ceiling} tasks" in play.summaries("decision")[-1]
    play.clock.pass_seconds(900)
    play.load(88, tasks=ceiling)
    play.examine()
    assert [one.kind for one in play.actions()] == ["raise_bound"]


def comes_to_the_quota(play):
    """For four minutes five tasks' work is asked for, and half of it is refused."""
    play.knows(5.0)
    play.quota_budgets.write("us-east-1", budget_of(play, 2.0))
    for _ in range(4):
        play.asks(5.0, refused=0.5)
        play.looks()


def budget_of(play, busy):
    """Tokens a second for so many tasks' work, for the next minutes."""
    burnt = 400.0 + 5.0 * 40.0
    return Budgets(play.clock.now() + 200, {"sandbox": {SONNET: busy * 34.8 * burnt}})
