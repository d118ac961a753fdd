"""The price list through its adapter: the local cloud answers as AWS does, and recorded answers are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from botocore.stub import Stubber
from ministack.app import SERVICE_HANDLERS

from local.clock import Clock
from local.services.billing import pricing
from stargate.adapters import aws
from stargate.adapters.costs.price_list import AwsPriceList
from stargate.domain.costs.catalogue import CATALOGUE
from stargate.domain.costs.price_list import Query, product_of, queries
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.errors import AwsThrottledError
from stargate.usecases.costs.refresh_prices import RefreshPrices
from tests import fakes
from tests.conftest import SHARED_DATA
from tests.contract.answering import by_hand, by_local_cloud

RECORDED = sorted(
    path
    for folder in ("aws-cli-docs/pricing.get-products", "botocore-examples/pricing.GetProducts")
    for path in (SHARED_DATA / "aws-responses" / folder).glob("*.json")
)
NAT = Query("AmazonEC2", (("regionCode", "us-east-1"), ("productFamily", "NAT Gateway")), "us-east-1")


@pytest.fixture
def client(monkeypatch):
    """The adapter's own client, new, with keys that open nothing."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws.client.cache_clear()
    yield aws.client("pricing", "us-east-1")
    aws.client.cache_clear()


@pytest.fixture
def local(client):
    before = dict(SERVICE_HANDLERS)
    pricing.install(Clock.starting_now(1.0))
    yield by_local_cloud(client, "pricing")
    SERVICE_HANDLERS.clear()
    SERVICE_HANDLERS.update(before)


def test_every_item_is_found_in_the_local_price_list(local):
    """At the price of the snapshot, in AWS's units; for us-west-1 all that the snapshot knows."""
    clock, kept = fakes.FakeClock(datetime.now(UTC).timestamp()), fakes.FakePrices()
    told = RefreshPrices(AwsPriceList(), kept, clock, ["us-east-1", "us-west-1"])()
    assert {name for name in told["missing"] if "us-west-1" not in name} == set()
    found = {(price.item, price.region): price for price in kept.kept}
    assert {item for item, _ in found} == {listed.item for listed in CATALOGUE}
    for price in found.values():
        assert price.usd == pytest.approx(SNAPSHOT.of(price.item, price.region).usd)
        assert price.confirmed
        assert price.source.startswith("AWS price list, ")


def test_the_local_price_list_comes_by_pages_and_forgets_nothing(local):
    """Two at a time, all of a service."""
    pages = local.get_paginator("get_products").paginate(
        ServiceCode="AmazonECS", PaginationConfig={"PageSize": 2}
    )
    sizes = [len(page["PriceList"]) for page in pages]
    assert sizes[0] == 2
    assert sum(sizes) == len(
        [one for query in ("us-east-1", "us-west-1") for one in AwsPriceList().products(_ecs(query))]
    )


def _ecs(region):
    return Query("AmazonECS", (("regionCode", region),), region)


def test_the_local_price_list_tells_services_attributes_and_values(local):
    """As one asks who does not know the names yet."""
    (service,) = local.describe_services(ServiceCode="AmazonRDS")["Services"]
    assert {"instanceType", "deploymentOption", "regionCode"} <= set(service["AttributeNames"])
    values = local.get_attribute_values(ServiceCode="AmazonRDS", AttributeName="deploymentOption")
    assert [one["Value"] for one in values["AttributeValues"]] == ["Multi-AZ", "Single-AZ"]


def test_the_local_price_list_refuses_as_aws_does(local):
    """An unknown service and a token of nobody's, by their names."""
    with pytest.raises(local.exceptions.InvalidParameterException):
        local.get_products(ServiceCode="AmazonMoon")
    with pytest.raises(local.exceptions.InvalidNextTokenException):
        local.get_products(ServiceCode="AmazonECS", NextToken="?")


def test_every_page_is_read(client):
    """The next one by the token of the last."""
    answers = [{"FormatVersion": "aws_v1", "PriceList": ["a"], "NextToken": "more"}, {"PriceList": ["b"]}]
    asked = by_hand(client, "pricing", *answers)
    assert list(AwsPriceList().products(NAT)) == ["a", "b"]
    assert [one.get("NextToken") for one in asked] == [None, "more"]
    assert asked[0]["ServiceCode"] == "AmazonEC2"
    assert asked[0]["Filters"][0] == {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-east-1"}


def test_a_throttle_is_named(client):
    """Once the client's own retries are used up."""
    with Stubber(client) as stub:
        stub.add_client_error("get_products", "ThrottlingException", "Rate exceeded")
        with pytest.raises(AwsThrottledError, match="GetProducts: Rate exceeded"):
            list(AwsPriceList().products(NAT))


@pytest.mark.shared_data
def test_recorded_answers_are_read():
    """Each product with what it costs, as AWS tells it."""
    assert RECORDED
    for path in RECORDED:
        products = [product_of(text) for text in json.loads(path.read_text())["PriceList"]]
        assert [product.usd for product in products] == [Decimal("0.1380000000")]
        assert [product.unit for product in products] == ["GB-Mo"]


@pytest.mark.shared_data
def test_the_local_price_list_has_the_form_of_recorded_answers(local):
    """Every key that AWS's product has, down to the price."""
    recorded = json.loads(json.loads(RECORDED[0].read_text())["PriceList"][0])
    ours = json.loads(next(iter(AwsPriceList().products(next(iter(queries("us-east-1")))))))
    assert _form(ours) >= _form(recorded)


def _form(product):
    """Paths of keys, codes and attributes left out."""
    (term,) = product["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    return {
        *product,
        *(f"product.{name}" for name in product["product"]),
        *(f"term.{name}" for name in term),
        *(f"dimension.{name}" for name in dimension),
    }
