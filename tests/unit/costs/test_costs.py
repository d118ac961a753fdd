"""What an environment costs: sums, changes, bad input, and the specification's table held against it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stargate.domain.costs.assumptions import USUAL, usage_of
from stargate.domain.costs.estimate import Estimate, Line, difference, merged
from stargate.domain.costs.materials import UnpricedError, estimated
from stargate.domain.costs.prices import MissingPriceError, Price, PriceBook
from stargate.domain.costs.rules import FREE, PRICED
from stargate.domain.costs.snapshot import SNAPSHOT, TAKEN
from stargate.domain.costs.specification import LEFT_OUT, POC_SAYS, SANDBOX_SAYS, reconciled, totals
from stargate.domain.gateway.presets import PRESETS
from tests.unit.costs.cost_play import DOCUMENT, REAL

MANIFEST = REAL
BY_TIME = {"balancer load", "file storage", "file backup", "database backups"}  # what is used while it stands
SANDBOX, POC = PRESETS["sandbox"], PRESETS["poc"]


def priced(preset=SANDBOX, overrides=None, **assumed):
    usage, faults = usage_of({name: str(value) for name, value in assumed.items()})
    assert faults == ()
    return estimated(MANIFEST, preset, preset.spec.overridden(overrides or {}), SNAPSHOT, usage)


def amount(estimate, stack, item):
    return sum(line.monthly for line in estimate.lines if (line.stack, line.item) == (stack, item))


TYPES = sorted(
    {entry["type"] for stack in DOCUMENT["stacks"].values() for entry in stack["resources"].values()}
)


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_in_every_template_is_priced_or_free_with_a_reason(kind):
    """A new resource type cannot come in without somebody saying what it costs."""
    assert (kind in PRICED) != (kind in FREE)
    assert kind in PRICED or len(FREE[kind]) > 10


def test_an_endpoint_that_is_free_is_one_to_s3():
    """Endpoints count as free only while each is of the kind that is."""
    endpoints = [
        entry["amounts"]["endpoint"]
        for stack in DOCUMENT["stacks"].values()
        for entry in stack["resources"].values()
        if entry["type"] == "AWS::EC2::VPCEndpoint"
    ]
    assert endpoints == ["Gateway"]


def test_spot_is_reckoned_where_a_service_is_on_it():
    """The one that writes to a file system is not, whatever the environment's choice."""
    usual, spot = priced(), priced(overrides={"compute": {"spot": True}})
    assert amount(spot, "grafana", "vCPU") < amount(usual, "grafana", "vCPU")
    assert amount(spot, "victoria-metrics", "vCPU") == amount(usual, "victoria-metrics", "vCPU")


@pytest.mark.parametrize("preset", [SANDBOX, POC], ids=lambda preset: preset.name)
def test_sums_equal_their_parts_to_the_cent(preset):
    """By kind, by stack and in all, the same lines make the same total."""
    estimate = priced(preset, requests=10_000)
    lines = sum(line.monthly for line in estimate.lines)
    assert estimate.total == lines == sum(estimate.by_stack().values())
    assert estimate.total == estimate.of("fixed") + estimate.of("usage") + estimate.of("tokens")
    assert all(line.monthly == line.monthly.quantize(Decimal("0.01")) for line in estimate.lines)


def test_the_presets_cost_what_they_have():
    """A line of each kind that the specification gets wrong, by hand: quantity times list price."""
    sandbox = priced()
    assert amount(sandbox, "litellm", "vCPU") == Decimal("118.20")  # 2 tasks, 2 vCPU, 730 h, $0.04048
    assert amount(sandbox, "litellm", "memory") == Decimal("25.96")  # 2 tasks, 4 GB, 730 h, $0.004445
    assert amount(sandbox, "data", "database db.r6g.large") == Decimal("328.50")  # 730 h, $0.45
    assert amount(sandbox, "waf", "web ACL rules") == Decimal("7.00")
    assert amount(priced(POC), "waf", "web ACL") == 0
    assert amount(priced(POC), "network", "NAT instance t3.nano") == Decimal("4.53")


def test_twice_the_tasks_is_twice_the_compute():
    """And nothing else changes."""
    one, two = (priced(overrides={"grafana": {"tasks": tasks}}) for tasks in (2, 4))
    changed = difference(one, two)
    assert {(change.stack, change.item) for change in changed} == {("grafana", "vCPU"), ("grafana", "memory")}
    assert all(abs(change.after - 2 * change.before) <= Decimal("0.01") for change in changed)


@given(hours=st.integers(1, 372))
def test_twice_the_hours_is_twice_what_is_paid_for_standing(hours):
    """All that is fixed doubles; what is paid by traffic alone stays."""
    once, twice = priced(hours=hours), priced(hours=2 * hours)
    for before, after in zip(once.lines, twice.lines, strict=True):
        same = before.kind == "usage" and before.item not in BY_TIME
        wanted = before.quantity if same else 2 * before.quantity
        assert abs(after.quantity - wanted) < Decimal("1e-20")


def test_sleep_saves_tasks_their_metrics_and_the_database_and_nothing_else():
    """What stands still stands: network, balancer, storage and secrets are paid while it sleeps."""
    awake, asleep = priced(), priced(asleep_share="0.5")
    changed = difference(awake, asleep)
    assert {change.item for change in changed} == {
        "vCPU", "memory", "Container Insights", "database db.r6g.large",
    }  # fmt: skip
    assert all(abs(2 * change.after - change.before) <= Decimal("0.01") for change in changed)


@given(tasks=st.integers(1, 6), storage=st.integers(20, 400))
def test_a_change_undone_costs_nothing(tasks, storage):
    """There and back, the differences cancel out line by line."""
    before = priced()
    after = priced(overrides={"litellm": {"min_tasks": tasks}, "database": {"storage_gb": storage}})
    there, back = difference(before, after), difference(after, before)
    assert sum(change.difference for change in (*there, *back)) == 0
    assert after.total - before.total == sum(change.difference for change in there)


def test_two_environments_cost_two_times_one():
    """Nothing is shared between environments, so nothing gets cheaper or dearer by a second one."""
    one = priced()
    doubled = merged([*one.lines, *one.lines])
    assert sum(line.quantity * line.price.usd for line in doubled) == 2 * sum(
        line.quantity * line.price.usd for line in one.lines
    )


def test_tokens_are_priced_by_model_and_cache():
    """1 000 calls of the assumed sizes: input, output and cache each by its own price."""
    estimate = priced(requests=1_000_000, haiku_share=0, sonnet_share=1, opus_share=0, cache_read_tokens=2000)
    assert amount(estimate, "models", "sonnet input tokens") == Decimal("3300.00")  # 1 000 million, $3.30
    assert amount(estimate, "models", "sonnet output tokens") == Decimal("4950.00")  # 300 million, $16.50
    assert amount(estimate, "models", "sonnet cache read tokens") == Decimal("660.00")
    assert amount(estimate, "models", "opus input tokens") == 0


def test_a_region_without_prices_is_refused_with_all_that_is_missing():
    """No line is left out in silence: every missing price is named once."""
    with pytest.raises(UnpricedError) as refused:
        estimated(MANIFEST, SANDBOX, SANDBOX.spec, SNAPSHOT, USUAL, "eu-north-1")
    items = [item for item, _ in refused.value.missing]
    assert {"nat_gateway", "db.r6g.large_multi", "secret", "balancer"} <= set(items)
    assert len(items) == len(set(items))


def test_nonsense_is_refused_by_name():
    """Negative, absurd, unknown and unreadable numbers are all named; shares must be a whole."""
    _, faults = usage_of({"nat_gb": "-1", "cdn_gb": "1e99", "moon_gb": "1", "hours": "NaN", "log_gb": "much"})
    assert sorted(fault.path for fault in faults) == ["cdn_gb", "hours", "log_gb", "moon_gb", "nat_gb"]
    _, faults = usage_of({"sonnet_share": "0.9"})
    assert [fault.fault for fault in faults] == ["add up to 1.2"]


def test_a_price_of_another_region_is_not_taken():
    """Only the region's own price counts, or one that holds everywhere."""
    here = Price("thing", "us-east-1", "hour", Decimal(1), "a test", TAKEN)
    everywhere = Price("other", "global", "hour", Decimal(2), "a test", TAKEN)
    book = PriceBook([here, everywhere])
    assert book.of("other", "eu-west-1") == everywhere
    with pytest.raises(MissingPriceError, match="thing in eu-west-1"):
        book.of("thing", "eu-west-1")


def test_the_share_of_unconfirmed_prices_is_told():
    """What rests on a price from memory is added up apart."""
    known, recalled = (
        Price(name, "global", "hour", Decimal(3), "a test", TAKEN, confirmed=name == "known")
        for name in ("known", "recalled")
    )
    lines = [Line("s", ("R",), price.item, Decimal(1), price, "fixed") for price in (known, recalled)]
    document = Estimate(tuple(lines)).document()
    assert (document["total"], document["unconfirmed"], document["unconfirmed_percent"]) == (6, 3, 50)


def test_the_specifications_table_is_answered_line_by_line():
    """Its own lines add up to its own total, ours to the estimate, and every difference has a reason."""
    sandbox, poc = priced(), priced(POC)
    lines = reconciled(sandbox)
    whole, small = totals(lines, poc)
    assert (whole.says, small.says) == (SANDBOX_SAYS, POC_SAYS)
    assert (whole.right, small.right) == (sandbox.total, poc.total)
    assert all(line.why for line in lines if line.section != LEFT_OUT)
