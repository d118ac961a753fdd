"""AWS's price list: what is asked, how an answer is read, and what becomes of what is not found."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from stargate.domain.costs.catalogue import CATALOGUE, bare
from stargate.domain.costs.price_list import UnreadableProductError, price_in, product_of, queries
from stargate.domain.costs.prices import EVERYWHERE, Price, PriceBook
from stargate.domain.costs.snapshot import SNAPSHOT, TAKEN, UNITS
from stargate.usecases.costs.refresh_prices import RefreshPrices
from tests import fakes

LISTED = {one.item: one for one in CATALOGUE}
# In no price list, or under a name that nothing public tells.
NOT_LISTED = {
    *(item for item in UNITS if item.startswith("fargate_spot_")),  # Spot prices are published apart
    *("bot_control", "bot_control_requests"),
    # The control plane's own, which are cents.
    *("table_writes", "table_reads", "transitions", "key", "metrics_read", "bill_requests", "traces"),
}
TODAY = date(2026, 12, 1)


def document(usage="NatGateway-Hours", *dimensions, service="AmazonEC2", family="NAT Gateway", **attributes):
    """A product as AWS tells it; a dimension is (begin of its range, price)."""
    ranges = {
        f"SKU.{number}": {
            "unit": "Hrs",
            "beginRange": begin,
            "endRange": "Inf",
            "pricePerUnit": {"USD": usd},
        }
        for number, (begin, usd) in enumerate(dimensions or [("0", "0.0450000000")])
    }
    product = {
        "product": {
            "productFamily": family,
            "attributes": {
                "servicecode": service,
                "usagetype": usage,
                "regionCode": "us-east-1",
                **attributes,
            },
            "sku": "SKU",
        },
        "serviceCode": service,
        "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": ranges}}},
        "publicationDate": "2026-11-30T17:00:00Z",
    }
    return json.dumps(product)


def test_every_item_of_the_snapshot_is_in_the_price_list_or_known_not_to_be():
    """A new item cannot go without an answer to where its price comes from."""
    assert set(LISTED) | NOT_LISTED == set(UNITS)
    assert set(LISTED) & NOT_LISTED == set()


@pytest.mark.parametrize(
    ("usage_type", "without"),
    [
        ("NatGateway-Hours", "NatGateway-Hours"),
        ("USW1-NatGateway-Hours", "NatGateway-Hours"),
        ("APN1-Fargate-GB-Hours", "Fargate-GB-Hours"),
        ("EU-LoadBalancerUsage", "LoadBalancerUsage"),
        ("US-DataTransfer-Out-Bytes", "US-DataTransfer-Out-Bytes"),
        ("Global-WebACLV2", "Global-WebACLV2"),
        ("USE1-MP:USE1_InputTokenCount-Units", "MP:InputTokenCount-Units"),
        ("USE1-MP:USE1_InputTokenCount_Global-Units", "MP:InputTokenCount_Global-Units"),
    ],
)
def test_usage_types_are_told_without_their_region(usage_type, without):
    """So that one name finds a product in every region; edges of CloudFront are no regions."""
    assert bare(usage_type) == without


def test_items_that_one_answer_holds_are_asked_for_together():
    """And what costs the same everywhere is asked without a region."""
    asked = queries("us-west-1")
    together = [[one.item for one in listed] for listed in asked.values()]
    assert ["nat_gateway", "nat_gateway_data"] in together
    assert {query.region for query in asked} == {"us-west-1", EVERYWHERE}
    (zone,) = [query for query, listed in asked.items() if listed == [LISTED["private_zone"]]]
    assert zone.attributes == (("usagetype", "HostedZone"),)


def test_a_product_is_read_with_the_price_of_its_first_paid_range():
    """Free tiers belong to an account; prices per million are told per million."""
    calls = document(
        "Request", ("1000000", "0.0000002"), ("0", "0"), service="AWSLambda", family="Serverless"
    )
    price, why = price_in([product_of(calls)], LISTED["function_calls"], "us-east-1", TODAY)
    assert why == ""
    assert price == Price(
        "function_calls",
        "us-east-1",
        "million",
        Decimal("0.2000000"),
        "AWS price list, AWSLambda, published 2026-11-30",
        TODAY,
    )


def test_an_answer_that_was_kept_is_as_old_as_its_publication():
    """Nobody knows when it was asked for."""
    price, _ = price_in([product_of(document())], LISTED["nat_gateway"], "us-east-1")
    assert price.as_of == date(2026, 11, 30)


def test_another_product_of_the_same_service_is_not_taken():
    """Usage type, family and all that the item asks for must be the same."""
    others = [
        document("RegionalNatGateway-Hours"),
        document(family="Transit Gateway"),
        document(service="AmazonVPC"),
        document(regionCode="us-east-2"),
    ]
    price, why = price_in(map(product_of, others), LISTED["nat_gateway"], "us-east-1", TODAY)
    assert (price, why) == (None, "no product fits")


def test_two_products_that_differ_are_no_price():
    """Which of them would be paid cannot be told; the same price twice is one."""
    one, other = document(), document("NatGateway-Hours", ("0", "0.05"))
    price, why = price_in([product_of(one), product_of(other)], LISTED["nat_gateway"], "us-east-1", TODAY)
    assert price is None
    assert why == "several products fit: $0.045 per Hrs, $0.05 per Hrs"
    price, _ = price_in([product_of(one), product_of(one)], LISTED["nat_gateway"], "us-east-1", TODAY)
    assert price.usd == Decimal("0.045")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"product": {}}', document().replace("0.0450", "x")])
def test_what_is_no_product_is_refused(text):
    """Never read past in silence."""
    with pytest.raises(UnreadableProductError):
        product_of(text)


def test_a_product_that_is_reserved_or_free_has_no_price():
    """Neither is what an environment pays."""
    reserved = json.loads(document())
    reserved["terms"] = {"Reserved": {}}
    assert product_of(json.dumps(reserved)) is None
    assert product_of(document("NatGateway-Hours", ("0", "0"))) is None


def test_a_newer_price_takes_the_place_of_the_snapshots():
    """An older one does not; where the snapshot has none, any is better than none."""

    def price(item, usd, as_of):
        return Price(item, "us-east-1", "hour", Decimal(usd), "a test", as_of)

    old, new = date(2026, 1, 1), date(2026, 12, 1)
    book = SNAPSHOT.with_newer(
        [price("nat_gateway", 9, old), price("balancer", 9, new), price("db.r9.huge_multi", 9, old)]
    )
    assert book.of("nat_gateway", "us-east-1").as_of == TAKEN
    assert book.of("balancer", "us-east-1").usd == 9
    assert book.of("db.r9.huge_multi", "us-east-1").usd == 9
    assert PriceBook([]).with_newer([price("balancer", 1, old)]).of("balancer", "us-east-1").usd == 1


def refreshing(price_list, kept=()):
    noon = datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()
    clock, prices = fakes.FakeClock(noon), fakes.FakePrices(list(kept))
    return RefreshPrices(price_list, prices, clock, ["us-east-1", "us-west-1"]), prices


def test_prices_are_asked_of_every_region_and_kept():
    """With the day on which they were asked; what is not found is named."""
    west = document("USW1-NatGateway-Hours", ("0", "0.048"), regionCode="us-west-1")
    refresh, prices = refreshing(fakes.FakePriceList({"AmazonEC2": [document(), west]}))
    told = refresh()
    assert prices.book().of("nat_gateway", "us-east-1").as_of == TODAY
    assert told["missing"]["secret in us-west-1"] == "no product fits"
    assert "nat_gateway in us-east-1" not in told["missing"]


def test_what_cannot_be_asked_today_keeps_its_price():
    """A throttled service costs nothing that was known."""
    known = Price("secret", "us-east-1", "month", Decimal("0.41"), "AWS price list", date(2026, 11, 30))
    price_list = fakes.FakePriceList({"AmazonEC2": [document()]}, busy=("AWSSecretsManager",))
    refresh, prices = refreshing(price_list, [known])
    told = refresh()
    assert "slow down" in told["missing"]["secret in us-east-1"]
    assert prices.book().of("secret", "us-east-1") == known
    assert prices.book().of("nat_gateway", "us-east-1").as_of == TODAY


def test_a_document_that_cannot_be_read_is_named_and_costs_the_others_nothing():
    """Only the items of that answer keep what was known."""
    refresh, _ = refreshing(fakes.FakePriceList({"AmazonEC2": [document()]}, broken=("AmazonEC2",)))
    told = refresh()
    assert "no product of a price list" in told["missing"]["nat_gateway in us-east-1"]
    assert told["missing"]["file_storage in us-east-1"] == "no product fits"
