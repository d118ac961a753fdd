"""What an action adds to the bill for each hour that it lasts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from stargate.domain.costs.hourly import hourly
from stargate.domain.costs.prices import PriceBook
from stargate.domain.costs.snapshot import SNAPSHOT
from tests.unit.operating.loop_play import environment

STANDING = environment(at=0.0)


def spec_of(**more):
    return replace(STANDING, spec=replace(STANDING.spec, **more))


def test_a_task_costs_its_vcpus_and_its_memory():
    """On Spot, and smaller, it costs less."""
    assert hourly({"task:litellm": 1}, STANDING).usd == Decimal("0.0987")
    spec = STANDING.spec
    spot = spec_of(compute=replace(spec.compute, spot=True))
    assert hourly({"task:litellm": 1}, spot).usd == Decimal("0.0296")
    small = spec_of(litellm=replace(spec.litellm, cpu=1024, memory=2048))
    assert hourly({"task:litellm": 2}, small).usd == Decimal("0.0987")


def test_another_class_costs_the_difference():
    """With a standby both instances change; what becomes smaller costs less, and says so."""
    adds = {"database:db.r6g.xlarge": 1, "database:db.r6g.large": -1}
    found = hourly(adds, STANDING)
    assert found.usd == Decimal("0.4500")
    assert found.words == "; $0.4500 an hour more"
    back = hourly({what: -count for what, count in adds.items()}, STANDING)
    assert back.words == "; $0.4500 an hour less"


def test_what_adds_nothing_says_nothing():
    """A restart costs no more than what ran."""
    found = hourly({}, STANDING)
    assert (found.usd, found.words) == (0, "")


UNPRICED = [({"task:litellm": 1}, PriceBook([])), ({"task:grafana": 1}, SNAPSHOT)]


@pytest.mark.parametrize(("adds", "book"), UNPRICED)
def test_what_has_no_price_is_said_and_not_taken_for_nothing(adds, book):
    """It keeps nobody from acting: a gateway that is down costs more."""
    found = hourly(adds, STANDING, book)
    assert found.usd is None
    assert "not known: no price of" in found.words
