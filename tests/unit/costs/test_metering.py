"""Within minutes: what was used, at the price it has, counted once and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from stargate.domain.costs.actuals.account import metered_parts
from stargate.domain.costs.actuals.keys import KeyUse
from stargate.domain.costs.actuals.metering import metered
from stargate.domain.costs.actuals.month import Interval, Month
from stargate.domain.costs.actuals.parts import CONTROL_PLANE, part_of_item
from stargate.domain.costs.control_plane import ALARMS, CALLS, control_plane_lines
from stargate.domain.costs.snapshot import SNAPSHOT, UNITS
from stargate.domain.environment import Status
from stargate.domain.gateway.graph import PLAIN
from tests.template.control_plane import RESOURCES, of_type
from tests.unit.costs.cost_play import FIRST, ID, REAL, USUAL, CostPlay, an_environment, moment

SECOND = date(2026, 11, 2)
HOUR = Interval(moment(FIRST), moment(FIRST, 1))


@pytest.fixture
def play():
    return CostPlay()


def same(one, other):
    """But for the last of 28 digits."""
    return abs(one - other) < Decimal("1e-20")


def lines_of(measured, environment=None, stacks=PLAIN.names, interval=HOUR):
    made = (environment or an_environment(), REAL)
    return {(line.stack, line.name): line for line in metered(made, stacks, interval, measured, SNAPSHOT)}


def test_every_item_of_the_snapshot_has_its_part():
    """So that nothing that is metered can be left out of an account."""
    own = {"table_writes", "table_reads", "transitions", "key", "metrics_read", "bill_requests", "traces"}
    assert {item: part_of_item(item) for item in UNITS if item not in own}.keys() == UNITS.keys() - own


def test_an_hour_of_a_sandbox_costs_an_hour_of_what_it_has():
    """By hand: 2 tasks of 2 vCPU, one database, and their part of November's 720 hours of a monthly price."""
    found = lines_of(USUAL)
    assert found["litellm", "vCPU"].usd == 4 * Decimal("0.04048")
    assert found["data", "database db.r6g.large"].usd == Decimal("0.45")
    assert same(found["secrets", "secrets"].usd, 16 * Decimal("0.40") / 720)
    assert found["models", "haiku input tokens"].usd == Decimal("1.10")
    assert ("models", "sonnet input tokens") not in found


def test_what_has_no_measure_is_assumed_and_says_so():
    """NAT's data as an estimate assumes it, in proportion; tasks that were counted are no assumption."""
    found = lines_of(USUAL)
    assert found["network", "NAT data"].assumed
    assert found["network", "NAT data"].quantity == Decimal(110) / 720
    assert not found["litellm", "vCPU"].assumed
    measured = lines_of({**USUAL, "nat_bytes": Decimal(2**30)})
    assert not measured["network", "NAT data"].assumed
    assert measured["network", "NAT data"].quantity == 1


def test_tasks_that_nobody_counted_are_taken_to_run_while_it_is_awake():
    """A metric that did not come is no saving; of a gateway at rest it means what it says."""
    awake = lines_of({})
    assert awake["litellm", "vCPU"].quantity == 4
    assert awake["litellm", "vCPU"].assumed
    asleep = lines_of({}, an_environment(status=Status.ASLEEP))
    assert ("litellm", "vCPU") not in asleep
    assert ("data", "database db.r6g.large") not in asleep
    assert asleep["network", "NAT gateway"].quantity == 1


def test_traffic_that_was_seen_once_and_is_silent_now_is_none(play):
    """CloudWatch has no datapoint without traffic; what is stored is told now and then, and stays."""
    play.usage.hourly |= {"nat_bytes": Decimal(2**30), "file_bytes": Decimal(2**30)}
    play.until(FIRST, 6)
    play.usage.hourly = dict(USUAL)
    play.until(SECOND, 0, 5)
    lines = {line.name: line for line in play.day(FIRST).metered}
    assert round(lines["NAT data"].quantity, 2) == Decimal("5.92")  # five hours and 55 minutes of one GB
    assert not lines["NAT data"].assumed
    assert not lines["file storage"].assumed
    assert lines["CloudFront requests"].assumed  # of which nothing was ever seen


def test_what_goes_between_zones_is_assumed_to_go_with_the_traffic():
    """No metric tells of it: half of the usual traffic, half of what is usual between zones."""
    traffic = {"cdn_bytes": Decimal(25 * 2**30), "cdn_upload_bytes": Decimal(5 * 2**30)}
    found = lines_of({**USUAL, **traffic})["network", "transfer between zones"]
    whole = lines_of({**USUAL, **{name: 2 * value for name, value in traffic.items()}})
    assert found.assumed
    assert whole["network", "transfer between zones"].quantity == 2 * found.quantity > 0


def test_a_log_group_that_tells_nothing_while_others_do_was_not_written_to():
    """With no word of any of them each is assumed; with a word of one, the silence of others is known."""
    assumed = lines_of(USUAL)["observer", "log ingestion"]
    assert (assumed.quantity, assumed.assumed) == (1 / Decimal(720), True)
    found = lines_of({**USUAL, "log_bytes:litellm": Decimal(2**30)})
    assert found["litellm", "log ingestion"].quantity == 1
    assert ("observer", "log ingestion") not in found


def test_who_used_the_models_is_kept_with_the_day(play):
    """As the observer tells it, hour by hour; of how many hours it is known stands beside it."""
    one = KeyUse("batch", "ml", "haiku", Decimal(600), Decimal(60), Decimal(0), Decimal(0), Decimal(1))
    play.keys.hourly = (one,)
    play.until(SECOND, 1)
    day = play.day(FIRST)
    (used,) = day.keys
    assert (used.who, round(used.input), round(used.told)) == (("batch", "ml", "haiku"), 14_400, 24)
    assert day.seen["keys_hours"] == day.metered_hours
    document = play.stated()
    assert document["number"]["users"] == 1
    assert not any("which key" in note for note in document["notes"])


def test_an_observer_that_cannot_be_asked_keeps_nothing_from_being_metered(play):
    """What was used is known, and not by whom: that is told."""
    play.keys.silent = True
    play.until(SECOND, 1)
    assert metered_parts(play.day(FIRST))["haiku input"].usd > 26
    assert "which key used the models is known of 0 of 25 hours" in play.stated()["notes"]


def test_nobody_is_asked_of_a_gateway_at_rest(play):
    """Nobody uses it."""
    play.stands(replace(play.environment, status=Status.ASLEEP))
    play.until(FIRST, 2)
    assert play.keys.asked == []
    assert play.day(FIRST).seen["keys_hours"] > 0


def test_only_what_stands_is_paid():
    """Of a creation that has come as far as the network, the network."""
    assert {stack for stack, _ in lines_of({}, stacks={"network"})} == {"network"}


def test_twice_the_hours_and_two_environments_cost_twice():
    """Metering is linear: in time, and in what there is of everything."""
    one = lines_of(USUAL)
    longer = Interval(HOUR.since, HOUR.since + 7200)
    twice = lines_of({name: 2 * value for name, value in USUAL.items()}, interval=longer)
    assert one.keys() == twice.keys()
    for key, line in one.items():
        assert same(twice[key].usd, 2 * line.usd)


def test_a_day_is_metered_hour_by_hour(play):
    """And ends at its midnight, from where the next one goes on."""
    play.until(SECOND, 3, every=1)
    first, second = play.day(FIRST), play.day(SECOND)
    assert (first.since, first.until) == (moment(FIRST), moment(SECOND))
    assert (second.since, second.until) == (moment(SECOND), moment(SECOND, 2, 55))
    assert first.seen["calls"] == 24_000
    assert metered_parts(first)["database"].usd == 24 * Decimal("0.45")


def test_one_look_a_day_and_one_an_hour_come_to_the_same(play):
    """However often it is looked, the same time costs the same."""
    often, rarely = play.until(SECOND, 1, every=1), CostPlay()
    rarely.clock.at = moment(SECOND, 1)
    rarely.meter()
    one, other = metered_parts(often.day(FIRST)), metered_parts(rarely.day(FIRST))
    assert one.keys() == other.keys()
    assert all(same(one[name].usd, other[name].usd) for name in one)


def test_a_second_look_in_the_same_minutes_counts_nothing(play):
    """Nothing is asked of CloudWatch before ten minutes are over."""
    play.until(FIRST, 2)
    asked, known = len(play.usage.asked), play.day(FIRST)
    play.meter()
    play.clock.pass_seconds(300)
    play.meter()
    assert (len(play.usage.asked), play.day(FIRST)) == (asked, known)


def test_of_two_who_meter_at_once_one_counts(play):
    """The other finds the day changed, and leaves it."""
    play.until(FIRST, 2)
    play.clock.pass_seconds(3600)
    play.days.meddle.append(lambda: play.meter.meter(play.environment))
    assert play.meter() == {}
    assert play.day(FIRST).seen["calls"] == Decimal(1000) * Decimal("2.9166666666666666666666666667")


def test_a_change_of_what_is_declared_counts_from_then_on(play):
    """Half a day of one database, half a day of another: to the ten minutes between two looks."""
    play.until(FIRST, 12, 5)
    spec = play.environment.spec.overridden({"database": {"class": "db.r6g.xlarge"}})
    play.stands(replace(play.environment, spec=spec))
    play.until(SECOND, 0, 30)
    quantities = {line.item: line.quantity for line in play.day(FIRST).metered if line.stack == "data"}
    one, other = quantities["db.r6g.large_multi"], quantities["db.r6g.xlarge_multi"]
    assert same(one + other, 24)
    assert abs(one - other) < Decimal("0.34")


def test_a_name_that_waits_for_its_deletion_is_metered_until_it_is_gone(play):
    """What is being removed is paid as long as it stands; what is retired is not."""
    play.stands(replace(play.environment, status=Status.RETIRING), stacks=("network", "secrets"))
    play.until(FIRST, 2)
    assert {line.stack for line in play.day(FIRST).metered} == {"network", "secrets", CONTROL_PLANE}
    before = play.day(FIRST)
    play.stands(replace(play.environment, status=Status.RETIRED))
    play.until(FIRST, 4)
    assert play.day(FIRST) == before


def test_one_that_cannot_be_metered_keeps_no_other_from_it(play):
    """Every environment has its turn; then the failure is told."""
    other = an_environment(environment_id="fedcba987654", name="other", gateway_version="nowhere")
    play.table.environments[other.environment_id] = other
    play.clock.pass_seconds(3600)
    with pytest.raises(ExceptionGroup, match="not every environment"):
        play.meter()
    assert play.days.get(ID, FIRST) is not None


def test_the_control_plane_is_shared_by_those_that_it_serves(play):
    """Half of it each, but for what each makes it do."""
    alone = sum(line.quantity * line.price.usd for line in control_plane_lines(SNAPSHOT, 1))
    shared = sum(line.quantity * line.price.usd for line in control_plane_lines(SNAPSHOT, 2))
    assert alone / 2 < shared < alone
    play.until(SECOND, 1)
    hours = sum(line.usd for line in play.day(FIRST).metered if line.stack == CONTROL_PLANE)
    assert same(hours, alone / 30)


def test_what_the_control_plane_is_taken_to_do_covers_what_its_template_has():
    """No fewer calls by the clock than its schedules make, nor alarms than it has, nor many more."""
    calls = 0
    for function in of_type("AWS::Serverless::Function").values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "Schedule":
                amount, unit = event["Properties"]["Schedule"].removeprefix("rate(").rstrip(")").split()
                calls += 730 * 60 / int(amount) / {"minute": 1, "hour": 60, "day": 1440}[unit.rstrip("s")]
    assert calls <= CALLS <= 1.5 * calls, "set CALLS in domain/costs/control_plane.py, which prices them"
    alarms = sum(resource["Type"] == "AWS::CloudWatch::Alarm" for resource in RESOURCES.values())
    assert alarms <= ALARMS <= 1.5 * alarms, "set ALARMS in domain/costs/control_plane.py, which prices them"


def test_november_has_720_hours_and_february_672():
    """A monthly price is paid by the hours of its own month, so that each month costs the same."""
    november, february = (
        lines_of({}, interval=Interval(Month.read(text).begins, Month.read(text).begins + 3600))
        for text in ("2026-11", "2027-02")
    )
    assert same(november["secrets", "secrets"].usd * 720, february["secrets", "secrets"].usd * 672)
