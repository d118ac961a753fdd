"""What costs are made of comes as AWS tells it: use by CloudWatch, bills by Cost Explorer, days in rows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import boto3
import pytest
from botocore.stub import Stubber

from stargate.adapters import aws
from stargate.adapters.costs.cost_explorer import CostExplorer
from stargate.adapters.costs.usage import CloudWatchUsage, measures_of
from stargate.adapters.state.cost_days import CostDays
from stargate.adapters.state.cost_reports import CostReports
from stargate.domain.costs.actuals.bill import Billed, use_of
from stargate.domain.costs.actuals.cost_explorer import rows_of
from stargate.domain.costs.actuals.keys import key_uses
from stargate.domain.costs.actuals.month import Interval, Month
from stargate.domain.costs.reports.told import Told
from stargate.errors import AwsThrottledError, ConflictError
from tests.conftest import SHARED_DATA
from tests.contract import table_on_moto
from tests.contract.answering import by_hand
from tests.unit.costs.cost_play import FIRST, ID, CostPlay, an_environment, answer, moment

HOUR = Interval(moment(FIRST), moment(FIRST, 1))
OUTPUTS = {
    "HaikuProfileId": "haiku1",
    "SonnetProfileId": "sonnet1",
    "OpusProfileId": "opus1",
    "BalancerFullName": "app/a/1",
    "DistributionId": "E1",
    "NatGatewayIds": "nat-1,nat-2",
    "FileSystemId": "fs-1",
    "ObserverFunctionName": "stargate-sandbox-observer",
}
RECORDED = SHARED_DATA / "aws-responses/aws-cli-docs/ce.get-cost-and-usage/example-1.json"


@pytest.fixture(autouse=True)
def _keys(monkeypatch):
    """Keys that open nothing, and clients that no other test has used."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    yield
    aws.client.cache_clear()


# Use.


def datapoints(values):
    at = [datetime.fromtimestamp(HOUR.since + 60 * number, UTC) for number in range(len(values))]
    return {"Timestamps": at, "Values": [float(value) for value in values], "StatusCode": "Complete"}


def measured(told, environment=None, outputs=OUTPUTS):
    """What is measured when CloudWatch answers these values, and the regions that were asked."""
    environment = environment or an_environment()
    by_region = {}
    for measure in measures_of(environment, outputs):
        by_region.setdefault(measure.region, []).append(measure)
    stubs, asked = [], []
    for region, measures in by_region.items():
        results = [
            {"Id": f"m{number}", **datapoints(told.get((one.metric, *one.dimensions.values()), ()))}
            for number, one in enumerate(measures)
        ]
        stub = Stubber(aws.client("cloudwatch", region))
        stub.add_response("get_metric_data", {"MetricDataResults": results})
        stub.activate()
        stubs.append(stub)
        asked.append(region)
    found = CloudWatchUsage().measure(environment, outputs, HOUR)
    for stub in stubs:
        stub.assert_no_pending_responses()
    return found, asked


def test_counts_become_hours_sums_and_levels():
    """Two tasks for an hour, a database seen in half of the minutes, tokens and bytes added up."""
    found, _ = measured(
        {
            ("RunningTaskCount", "stargate-sandbox", "litellm"): [2] * 60,
            ("CPUUtilization", "stargate-sandbox"): [1] * 30,
            ("InputTokenCount", "haiku1"): [1000, 500],
            ("CacheReadInputTokens", "haiku1"): [7],
            ("Invocations", "haiku1"): [10],
            ("Invocations", "opus1"): [5],
            ("BytesInFromSource", "nat-1"): [100],
            ("BytesInFromDestination", "nat-2"): [50],
            ("StorageBytes", "fs-1", "Total"): [10, 20],
            ("IncomingBytes", "/stargate/sandbox/litellm"): [3, 4],
            ("ConsumedLCUs", "app/a/1"): [Decimal("0.25")] * 4,
        }
    )
    assert found == {
        "litellm_task_hours": 2,
        "database_hours": Decimal("0.5"),
        "haiku_input": 1500,
        "haiku_cache_read": 7,
        "calls": 15,
        "nat_bytes": 150,
        "file_bytes": 15,
        "log_bytes:litellm": 7,
        "balancer_lcu_hours": 1,
    }


def test_each_part_is_asked_in_its_own_region():
    """CloudFront's metrics are in us-east-1, Bedrock's where models are called, the rest at home."""
    _, regions = measured({}, an_environment("poc"))
    assert sorted(regions) == ["us-east-1", "us-west-1"]
    asked = {(one.region, one.namespace) for one in measures_of(an_environment("poc"), OUTPUTS)}
    assert {("us-east-1", "AWS/Bedrock"), ("us-east-1", "AWS/CloudFront"), ("us-west-1", "AWS/RDS")} <= asked


def test_what_does_not_stand_yet_is_not_asked_for():
    """Without its output a part has no name."""
    asked = {one.namespace for one in measures_of(an_environment(), {})}
    assert asked == {"ECS/ContainerInsights", "AWS/RDS", "AWS/Logs"}


def test_a_series_in_several_pages_is_one():
    """CloudWatch hands a long one out in parts."""
    client = aws.client("cloudwatch", "us-west-1")
    environment = an_environment("poc")
    with Stubber(client) as stub:
        for values, more in (([2.0] * 30, {"NextToken": "more"}), ([2.0] * 30, {})):
            result = {"Id": "m0", "Label": "a", **datapoints(values)}
            stub.add_response("get_metric_data", {"MetricDataResults": [result], **more})
        found = CloudWatchUsage().measure(environment, {}, HOUR)
    assert found == {"litellm_task_hours": 2}


def test_a_throttle_of_cloudwatch_is_named():
    """What was metered before stays, the next look goes on from there."""
    with Stubber(aws.client("cloudwatch", "us-east-1")) as stub:
        stub.add_client_error("get_metric_data", "Throttling", "Rate exceeded")
        with pytest.raises(AwsThrottledError, match="GetMetricData"):
            CloudWatchUsage().measure(an_environment(), {}, HOUR)


# Bills.


def test_a_bill_is_asked_by_tag_and_read_page_by_page():
    """Use by service and usage type, what is no use apart, in the one region that answers."""
    client = aws.client("ce", "us-east-1")
    first = answer(("SERVICE", "USAGE_TYPE"), [(FIRST, ("A", "a"), "1.5", 2)])
    second = answer(("SERVICE", "USAGE_TYPE"), [(FIRST, ("B", "b"), "0.5", 1)])
    asked = by_hand(client, "cost-explorer", {**first, "NextPageToken": "more"}, second, first)
    explorer = CostExplorer()
    used = use_of(rows_of(explorer.use("sandbox", FIRST, date(2026, 11, 3))))
    assert [line.unblended for line in used[FIRST]] == [Decimal("1.5"), Decimal("0.5")]
    explorer.beside("sandbox", FIRST, date(2026, 11, 3))
    assert [one.get("NextPageToken") for one in asked] == [None, "more", None]
    assert asked[0]["TimePeriod"] == {"Start": "2026-11-01", "End": "2026-11-03"}
    assert asked[0]["Granularity"] == "DAILY"
    tag, use = asked[0]["Filter"]["And"]
    assert tag["Tags"]["Key"] == "stargate:environment"
    assert tag["Tags"]["Values"] == ["sandbox"]
    assert asked[2]["Filter"]["And"][1] == use["Not"]


def test_no_data_yet_is_no_answer_and_a_throttle_is_named():
    """Cost Explorer of a new account says so by an error."""
    with Stubber(aws.client("ce", "us-east-1")) as stub:
        stub.add_client_error("get_cost_and_usage", "DataUnavailableException", "Data is not available")
        assert CostExplorer().use("sandbox", FIRST, date(2026, 11, 3)) == []
        stub.add_client_error("get_cost_and_usage", "LimitExceededException", "Too many calls")
        with pytest.raises(AwsThrottledError):
            CostExplorer().use("sandbox", FIRST, date(2026, 11, 3))


@pytest.mark.parametrize(("status", "active"), [("Active", True), ("Inactive", False)])
def test_whether_the_tag_is_active_is_asked(status, active):
    """Only the account's payer can make it so."""
    told = {"TagKey": "stargate:environment", "Type": "UserDefined", "Status": status}
    with Stubber(aws.client("ce", "us-east-1")) as stub:
        stub.add_response("list_cost_allocation_tags", {"CostAllocationTags": [told]})
        assert CostExplorer().tag_is_active() is active
        stub.add_client_error("list_cost_allocation_tags", "AccessDeniedException", "no")
        assert CostExplorer().tag_is_active() is None


@pytest.mark.shared_data
def test_a_recorded_answer_is_read():
    """With its digits, and its groups by service and tag."""
    rows = rows_of([json.loads(RECORDED.read_text())])
    assert [row.keys["Environment"] for row in rows] == ["", "Dev"]
    assert rows[0].amounts["UnblendedCost"] == Decimal("40.3543773134")


# Days.


@pytest.fixture
def days(monkeypatch):
    with table_on_moto.table(monkeypatch) as table:
        yield CostDays(table)


def test_a_day_comes_back_as_it_was_written(days):
    """With every digit, its keys and its bill."""
    play = CostPlay().until(date(2026, 11, 2), 1)
    uses = key_uses([{"alias": "a", "model": "claude-haiku-4-5", "input": 10, "spend": 0.1}])
    billed = [Billed("A", "a", "Usage", Decimal("1.123456789"), Decimal(1), Decimal("1E-10"))]
    day = replace(play.day(FIRST).with_keys(uses).with_bill(billed, moment(FIRST, 5)), version=0)
    days.put(ID, day)
    assert days.get(ID, FIRST) == replace(day, version=1)
    assert days.get(ID, date(2026, 11, 2)) is None


def test_days_of_a_month_are_in_order_and_the_newest_is_found(days):
    """Whichever was written last; other months and environments are others'."""
    play = CostPlay().until(date(2026, 11, 2), 1)
    written = replace(play.day(FIRST), version=0)
    for day in (date(2026, 12, 1), date(2026, 11, 30), date(2026, 11, 2)):
        days.put(ID, replace(written, day=day))
    days.put("fedcba987654", written)
    assert [one.day for one in days.of(ID, Month(2026, 11))] == [date(2026, 11, 2), date(2026, 11, 30)]
    assert days.newest(ID).day == date(2026, 12, 1)
    assert days.newest("nobody") is None


def test_of_two_who_write_a_day_one_is_told_to_look_again(days):
    """Nothing is counted over what somebody else has counted."""
    day = replace(CostPlay().until(FIRST, 2).day(FIRST), version=0)
    days.put(ID, day)
    with pytest.raises(ConflictError):
        days.put(ID, day)
    days.put(ID, days.get(ID, FIRST))
    assert days.get(ID, FIRST).version == 2


# Reports.


def test_a_days_reports_are_kept_as_they_were_told(monkeypatch):
    """Newest first, page by page; a day's costs are another row's matter."""
    with table_on_moto.table(monkeypatch) as table:
        reports = CostReports(table, "bucket")
        days = [FIRST + timedelta(days=number) for number in range(3)]
        told = [
            Told(day, (f"{day}",), Decimal("1.10"), Decimal("2.20"), Decimal("33.00"), 7.5) for day in days
        ]
        for one in told:
            reports.put(ID, one)
        CostDays(table).put(ID, CostPlay().until(FIRST, 1).day(FIRST))
        assert reports.get(ID, days[1]) == told[1]
        assert reports.get(ID, FIRST - timedelta(days=1)) is None
        first = reports.page(ID, 2, None)
        assert (first.items, first.after) == ((told[2], told[1]), days[1].isoformat())
        second = reports.page(ID, 2, date.fromisoformat(first.after))
        assert (second.items, second.after) == ((told[0],), None)


def test_the_files_of_a_report_lie_in_the_bucket_with_links_that_expire(monkeypatch):
    """As what they are, and amounts of a document as numbers."""
    with table_on_moto.table(monkeypatch) as table:
        store = boto3.client("s3")
        store.create_bucket(Bucket="bucket")
        reports = CostReports(table, "bucket")
        reports.keep(ID, "2026-11-01", {"html": "<p>ä", "csv": "a,b", "json": {"usd": Decimal("1.10")}})
        kept = {
            ending: store.get_object(Bucket="bucket", Key=f"reports/{ID}/2026-11-01.{ending}")
            for ending in ("html", "csv", "json")
        }
        assert kept["html"]["Body"].read().decode() == "<p>ä"
        assert kept["html"]["ContentType"] == "text/html; charset=utf-8"
        assert json.loads(kept["json"]["Body"].read()) == {"usd": 1.1}
        links = reports.links(ID, "2026-11-01", 900)
        assert f"/reports/{ID}/2026-11-01.csv?" in links["csv"]
        assert "X-Amz-Expires=900" in links["csv"]
