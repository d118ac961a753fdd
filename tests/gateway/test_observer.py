"""What the observer asks, asked of the real LiteLLM and the real VictoriaMetrics."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from gateway.observer import index
from local.judges.litellm_proxy import MASTER_KEY
from stargate.domain.costs.actuals.keys import KeyUse, key_uses
from tests.gateway.patience import eventually

if TYPE_CHECKING:
    from local.judges.victoria_metrics import VictoriaMetrics
    from tests.gateway.front_door import FrontDoor

HAIKU = "claude-haiku-4-5"
BEHIND = 31.0  # seconds: a moment nearer to now VictoriaMetrics moves back, in case a scrape is still to come


@dataclass(frozen=True)
class NearHouse(index.House):
    """The house on this machine: one task each, on the ports that were free."""

    litellm: int = 0
    metrics: int = 0

    def addresses(self, service: str, port: int) -> list[str]:  # noqa: ARG002 - the house's own
        return ["127.0.0.1"]

    def ask(
        self, address: str, port: int, request: str, headers: Any = None, body: Any = None
    ) -> index.Reply:
        near = {index.LITELLM: self.litellm, index.VICTORIA_METRICS: self.metrics}[port]
        return super().ask(address, near, request, headers, body)

    def secret(self, variable: str) -> str:  # noqa: ARG002 - the house's own
        return MASTER_KEY


@pytest.fixture
def house(door: FrontDoor, metrics: VictoriaMetrics) -> NearHouse:
    return NearHouse("", time.monotonic() + 300, door.proxy.port, metrics.listening.port)


def test_metrics_of_the_real_proxy_arrive(house):
    """VictoriaMetrics takes the three queries, and their answers say what they are read as."""
    assert eventually(lambda: not index.metrics_arriving(house)[0], 60)
    _, measured = index.metrics_arriving(house)
    assert measured["up"]["litellm"] == 1
    assert 0 <= measured["oldest_seconds"] <= index.FRESH_SECONDS
    assert measured["litellm_series"] > 5


def told_by_the_task(house: NearHouse) -> dict[str, Any]:
    """A proxy that is too busy to tell in time is left out of an answer, and asked again."""
    found: dict[str, Any] = {}
    assert eventually(lambda: bool(found.update(index.demand(house)[1]["tasks"]) or found), 30)
    task: dict[str, Any] = found["127.0.0.1"]
    return task


def test_demand_is_counted_at_the_real_proxy(house, door):
    """What is answered and throttled is counted by model; the question itself is not in flight."""
    before = told_by_the_task(house)
    door.ask("claude-sonnet-4-5", "How many are we?" * 10, tokens=30)
    door.ask("claude-opus-4-5", "throttle")

    def grown(model: str, figure: str) -> float:
        now = told_by_the_task(house)["models"][model]
        return float(now[figure] - before["models"].get(model, {}).get(figure, 0.0))

    assert eventually(lambda: grown("claude-sonnet-4-5", "output_tokens") == 30, 30)
    assert grown("claude-sonnet-4-5", "finished") == grown("claude-sonnet-4-5", "answers") == 1
    assert grown("claude-sonnet-4-5", "answer_seconds") > 0.5
    assert eventually(lambda: grown("claude-opus-4-5", "throttles") >= 1, 30)
    # VictoriaMetrics may be asking at this very moment.
    assert eventually(lambda: told_by_the_task(house)["in_flight"] == 0, 30)


def moment_of_answer(house: NearHouse, door: FrontDoor, metrics: VictoriaMetrics) -> int:
    """Ask Haiku with 40 tokens for 30; a moment up to which VictoriaMetrics has this answer, and no later."""
    scraped = f'litellm_output_tokens_metric_total{{requested_model="{HAIKU}"}}'
    due = told_by_the_task(house)["models"].get(HAIKU, {}).get("output_tokens", 0.0) + 30
    door.ask(HAIKU, "How many are we?" * 10, tokens=30)
    assert eventually(lambda: [one.values for one in metrics.query(f"sum({scraped})")] == [[due]], 60)
    (last,) = metrics.query(f"max(timestamp({scraped}))")
    return math.ceil(last.values[0])


def test_what_a_key_used_in_a_stretch_of_time_is_read_to_the_token(house, door, metrics):
    """The metering's question, as it is put: by whom, of which model, and no token of another time."""
    since = moment_of_answer(house, door, metrics)
    until = moment_of_answer(house, door, metrics)
    assert eventually(lambda: time.time() > until + BEHIND, 60)
    reason, measured = index.key_use(house, until, until - since)
    (use,) = key_uses(measured["rows"])
    nothing, told = Decimal(0), pytest.approx(40 * 1.1e-6 + 30 * 5.5e-6)
    assert use == KeyUse("litellm_", "", "haiku", Decimal(40), Decimal(30), nothing, nothing, use.told)
    assert (reason, float(use.told)) == ("", told)


def test_a_real_proxy_without_its_database_is_alive_and_makes_no_key(house):
    """It lists models for the key of all keys, and still is not well: the verb says so."""
    assert house.ask("127.0.0.1", index.LITELLM, "GET /health/liveliness").status == 200
    assert house.ask("127.0.0.1", index.LITELLM, "GET /v1/models", index.bearer(MASTER_KEY)).status == 200
    reason, measured = index.virtual_key(house)
    assert re.fullmatch(r"no task makes a key: (4|5)\d\d", reason)
    assert (measured["tasks"], measured["serving"]) == (1, 0)


def test_a_real_proxy_tells_its_routing_and_keeps_a_change_of_it_only_in_a_database(house):
    """Without one the change is refused, and the verb says so; nothing is half done."""
    assert index.model_routes(house) == ("", {"aliases": {}})
    reason, _ = index.route_models(house, {"claude-opus-4-5": "claude-sonnet-4-5"})
    assert re.fullmatch(r"LiteLLM does not take it: (4|5)\d\d", reason)
    assert index.model_routes(house) == ("", {"aliases": {}})


def test_a_real_proxy_understands_what_is_asked_of_its_keys_and_needs_its_database_for_it(house):
    """Not 4xx for a list or a change that it does not know: what is missing is the database alone."""
    with pytest.raises(index.NotWellError, match="does not list its keys: 500"):
        index.key_budgets(house, [])
    body = {"key_alias": "batch-jobs", "max_budget": None}
    changed = house.ask("127.0.0.1", index.LITELLM, "POST /key/update", index.bearer(MASTER_KEY), body)
    assert (changed.status, "Database not connected" in changed.text) == (500, True)
