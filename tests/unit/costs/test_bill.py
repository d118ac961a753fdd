"""AWS's bill: read whatever its grouping, laid beside the use, and never taken for whole before it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from stargate.domain.costs.actuals.account import DayState
from stargate.domain.costs.actuals.bill import beside_of, use_of
from stargate.domain.costs.actuals.cost_explorer import UnreadableBillError, rows_of
from stargate.domain.costs.actuals.parts import part_of_usage
from stargate.domain.environment import Status
from tests.unit.costs.cost_play import FIRST, ID, CostPlay, answer, as_billed, moment

SECOND, THIRD, SIXTH = (FIRST + timedelta(days=number) for number in (1, 2, 5))
ECS, BEDROCK = "Amazon Elastic Container Service", "Claude Haiku 4.5 (Amazon Bedrock Edition)"


DAY = {"Start": "2026-11-01", "End": "2026-11-02"}


@pytest.fixture
def play():
    return CostPlay().until(FIRST, 12)


def dollars(amount):
    return {"Amount": amount, "Unit": "USD"}


def states(play):
    return {one["day"]: one["state"] for one in play.stated()["days"]}


@pytest.mark.parametrize(
    ("service", "usage_type", "part"),
    [
        (ECS, "USW1-Fargate-vCPU-Hours:perCPU", "task vCPU"),
        (ECS, "USE1-SpotUsage-Fargate-GB-Hours", "task memory"),
        (ECS, "USE1-Fargate-ARM-vCPU-Hours:perCPU", "task vCPU"),
        ("Amazon Relational Database Service", "USW1-InstanceUsage:db.t4g.micro", "database"),
        ("Amazon Elastic File System", "USE1-TimedStorage-ByteHrs", "file storage"),
        ("AmazonCloudWatch", "USE1-TimedStorage-ByteHrs", "log storage"),
        ("Amazon S3", "TimedStorage-ByteHrs", "Amazon S3: TimedStorage-ByteHrs"),
        (BEDROCK, "USE1-MP:USE1_InputTokenCount-Units", "haiku input"),
        (BEDROCK, "USE1-MP:USE1_InputTokenCount_Global-Units", "haiku input"),
        (BEDROCK, "USE1-MP:USE1_CacheReadInputTokenCount-Units", "haiku cache read"),
        (BEDROCK, "MP:USE1_CacheWrite1h-Units", f"{BEDROCK}: MP:CacheWrite1h-Units"),
        ("AWS WAF", "Global-AMR-BotControl-Entity", "firewall"),
        ("Amazon CloudFront", "EU-DataTransfer-Out-Bytes", "CloudFront transfer"),
        ("EC2 - Other", "USE1-DataTransfer-Out-Bytes", "EC2 - Other: DataTransfer-Out-Bytes"),
        ("Tax", "", "Tax: without a usage type"),
    ],
)  # fmt: skip
def test_every_usage_type_has_a_part_or_its_own_name(service, usage_type, part):
    """What no part claims is not lost: it is told by what AWS calls it."""
    assert part_of_usage(service, usage_type) == part


def test_an_answer_by_service_and_tag_is_read():
    """A tag's key stands before its value; without one it is empty."""
    page = {
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "TAG", "Key": "Environment"}],
        "ResultsByTime": [
            {
                "TimePeriod": {"Start": "2026-11-01", "End": "2026-12-01"},
                "Estimated": False,
                "Total": {},
                "Groups": [
                    {"Keys": ["S3", "Environment$"], "Metrics": {"BlendedCost": dollars("40.35")}},
                    {"Keys": ["S3", "Environment$Dev"], "Metrics": {"BlendedCost": dollars("1E-10")}},
                ],
            }
        ],
    }  # fmt: skip
    rows = rows_of([page])
    assert [row.keys for row in rows] == [
        {"SERVICE": "S3", "Environment": ""},
        {"SERVICE": "S3", "Environment": "Dev"},
    ]
    assert [row.amounts["BlendedCost"] for row in rows] == [Decimal("40.35"), Decimal("1E-10")]


def test_an_answer_without_groups_has_one_row_for_each_period():
    """Its total; an hour's is of its day."""
    total = {"UnblendedCost": dollars("1.5")}
    periods = [
        {"TimePeriod": {"Start": "2026-11-01T05:00:00Z", "End": "2026-11-01T06:00:00Z"}, "Total": total},
        {"TimePeriod": {"Start": "2026-11-02", "End": "2026-11-03"}, "Total": {}, "Groups": []},
    ]
    (row,) = rows_of([{"ResultsByTime": periods}])
    assert (row.day, row.keys, row.amounts) == (FIRST, {}, {"UnblendedCost": Decimal("1.5")})


def test_pages_are_one_answer():
    """A later page need not say again what its groups are."""
    first = answer(("SERVICE", "USAGE_TYPE"), [(FIRST, ("A", "a"), 1, 1)])
    second = {**answer(("SERVICE", "USAGE_TYPE"), [(SECOND, ("B", "b"), 2, 1)]), "GroupDefinitions": []}
    found = use_of(rows_of([first, second]))
    assert {day: [line.service for line in lines] for day, lines in found.items()} == {
        FIRST: ["A"],
        SECOND: ["B"],
    }


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"ResultsByTime": [{}]},
        {"ResultsByTime": [{"TimePeriod": {"Start": "soon"}}]},
        {"ResultsByTime": [{"TimePeriod": DAY, "Total": {"UnblendedCost": {}}}]},
        {"ResultsByTime": [{"TimePeriod": DAY, "Total": {"UnblendedCost": dollars("?")}}]},
        {"ResultsByTime": [{"TimePeriod": DAY, "Total": {"UnblendedCost": dollars("NaN")}}]},
        {"ResultsByTime": [{"TimePeriod": DAY, "Total": {"UnblendedCost": {**dollars("1"), "Unit": "CNY"}}}]},
    ],
)
def test_what_cannot_be_read_is_refused(page):
    """Another currency, no number, no day: never a wrong amount in silence."""
    with pytest.raises(UnreadableBillError):
        rows_of([page])


def test_what_is_no_use_stands_beside_it():
    """By our words for AWS's record types; one that is new keeps its own."""
    told = {"Credit": "-5", "Tax": "1.9", "Moon Fee": "1"}
    lines = [(FIRST, (kind, "AWS"), usd, 0) for kind, usd in told.items()]
    rows = rows_of([answer(("RECORD_TYPE", "SERVICE"), lines)])
    assert [(line.kind, line.unblended) for line in beside_of(rows)[FIRST]] == [
        ("credits", Decimal(-5)),
        ("taxes", Decimal("1.9")),
        ("moon fee", Decimal(1)),
    ]


def test_without_a_bill_a_day_is_what_was_used(play):
    """And says so."""
    play.until(SECOND, 12)
    assert states(play) == {"2026-11-01": "metered", "2026-11-02": "metered"}
    assert "2 days are not yet billed" in play.stated()["notes"][0]


def test_a_bill_that_has_come_in_part_is_not_taken_yet(play):
    """AWS tells the hours of a day one after the other: half of the balancer's hours are half a day."""
    play.until(SECOND, 12)
    play.bill(*as_billed(FIRST, play, Decimal("0.5")))
    used, unbilled = play.stated()["days"][0], CostPlay().until(SECOND, 12).stated()["days"][0]
    assert (used["state"], used["usd"]) == ("partial", unbilled["usd"])


def test_a_bill_that_has_all_the_hours_is_the_days_figure(play):
    """However soon it comes."""
    play.until(SECOND, 12)
    play.bill(*as_billed(FIRST, play))
    assert states(play) == {"2026-11-01": "billed", "2026-11-02": "metered"}


def test_three_days_later_a_bill_is_taken_as_it_is(play):
    """What differs then is told, and not waited for."""
    play.until(SIXTH)
    play.bill(*as_billed(FIRST, play, Decimal("0.5")))
    assert states(play)["2026-11-01"] == "billed"
    (database,) = [line for line in play.stated()["reconciliation"] if line["part"] == "database"]
    assert database["why"] == "12 billed, 24 metered: -5.40"


def test_a_day_that_is_long_over_and_has_no_bill_is_told(play):
    """It is a sign that the tag is not active: the use stands, and nothing is taken for free."""
    play.until(SIXTH)
    assert play.bill()["days"] == 0
    assert states(play)["2026-11-01"] == "unbilled"
    assert any("is the tag stargate:environment activated" in note for note in play.stated()["notes"])


def test_a_bill_of_nothing_is_none(play):
    """Cost Explorer tells days of zero before it tells what they cost."""
    play.until(SECOND, 12)
    play.bill((FIRST, ECS, "USE1-Fargate-GB-Hours", 0, 0))
    assert states(play)["2026-11-01"] == "metered"


def test_a_restated_day_is_read_again_and_told(play):
    """The newest word of AWS counts, and that it changed its mind is said."""
    play.until(THIRD)
    play.bill(*as_billed(FIRST, play))
    before = play.stated()["days"][0]["usd"]
    told = play.bill(*as_billed(FIRST, play, Decimal("1.1")))
    after = play.stated()["days"][0]["usd"]
    assert after > before
    assert list(told["restated"]) == ["2026-11-01"]
    assert play.bill(*as_billed(FIRST, play, Decimal("1.1")))["restated"] == {}


def test_a_late_day_is_added_when_it_comes(play):
    """Days come in any order."""
    play.until(SIXTH)
    play.bill(*as_billed(SECOND, play))
    play.bill(*as_billed(FIRST, play), *as_billed(SECOND, play))
    assert list(states(play).values())[:3] == ["billed", "billed", "metered"]


def test_in_the_first_days_the_last_month_is_read_too(play):
    """AWS closes a month some days after its end."""
    play.until(date(2026, 12, 3))
    play.collect(ID)
    assert play.bills.asked[-1] == ("sandbox", FIRST, date(2026, 12, 3))
    play.clock.at = moment(date(2026, 12, 20))
    play.collect(ID)
    assert play.bills.asked[-1] == ("sandbox", date(2026, 12, 1), date(2026, 12, 20))


def test_on_the_first_day_a_bill_is_asked_of_some_time(play):
    """Cost Explorer refuses a time that ends where it begins."""
    play.clock.at = moment(FIRST, 5)
    play.collect(ID)
    _, since, until = play.bills.asked[-1]
    assert since < until


def test_what_was_billed_to_an_earlier_environment_of_the_name_is_not_this_ones(play):
    """Tags know names, and names are used again."""
    play.stands(replace(play.environment, created_at=moment(SECOND)))
    play.until(THIRD)
    assert play.bill((FIRST, ECS, "USE1-Fargate-GB-Hours", 9, 1))["days"] == 0


def test_a_bill_that_cannot_be_read_changes_nothing(play):
    """What was known stays known, and why is told."""
    play.until(THIRD)
    play.bill(*as_billed(FIRST, play))
    before = play.stated()["days"]
    play.bills.used = [{"ResultsByTime": [{}]}]
    assert play.collect(ID)["failed"] == "no answer of Cost Explorer: 'TimePeriod'"
    assert play.stated()["days"] == before


def test_a_bill_that_may_not_be_read_is_told(play):
    """A role without the right is no reason to report nothing; a throttle passes, and is raised."""
    play.until(THIRD)
    play.bills.denied = "GetCostAndUsage: not authorized"
    assert play.collect(ID) == {
        "failed": "GetCostAndUsage: not authorized",
        "days": 0,
        "usd": "0.00",
        "restated": {},
        "tag_is_active": None,
    }


def test_of_one_that_is_gone_nothing_is_read_that_came_after_it(play):
    """Its name may be another's by then."""
    play.stands(replace(play.environment, status=Status.RETIRED, updated_at=moment(THIRD, 5)))
    play.clock.at = moment(SIXTH, 6)
    play.collect(ID)
    assert play.bills.asked[-1] == ("sandbox", date(2026, 10, 1), THIRD + timedelta(days=1))


def test_amortised_costs_are_the_figure_and_unblended_ones_are_told(play):
    """What was paid beforehand has its share in each day."""
    play.until(SIXTH)
    lines = as_billed(FIRST, play)
    bill = answer(("SERVICE", "USAGE_TYPE"), [(d, (s, u), usd, q) for d, s, u, usd, q in lines])
    for group in bill["ResultsByTime"][0]["Groups"]:
        group["Metrics"]["UnblendedCost"]["Amount"] = "0"
    play.bills.used = [bill]
    play.collect(ID)
    document = play.stated()
    assert document["bill"]["unblended"] == 0
    assert document["bill"]["amortized"] > 20
    assert DayState(document["days"][0]["state"]) is DayState.BILLED
