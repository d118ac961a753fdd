"""The real VictoriaMetrics finds in the proxy's metrics what the spec and the dashboards ask for."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import TYPE_CHECKING

import pytest

from local.judges.clients import Answer, Clients, Door
from local.judges.litellm_proxy import MASTER_KEY, PROJECT
from local.judges.mixture import Lengths, Mixture
from local.judges.victoria_metrics import NAMESPACE
from tests.gateway.patience import eventually

if TYPE_CHECKING:
    from local.judges.victoria_metrics import VictoriaMetrics
    from tests.gateway.front_door import FrontDoor

OF_THE_SPEC = (
    "litellm_proxy_total_requests_metric_total",
    "litellm_total_tokens_metric_total",
    "litellm_spend_metric_total",
    "litellm_llm_api_latency_metric_bucket",
)
DASHBOARDS = sorted((PROJECT / "gateway" / "config" / "grafana" / "dashboards").glob("*.json"))
SHORT = Mixture(prompt=Lengths(50, 0.5, 200), answer=Lengths(20, 0.5, 60))
SCRAPES = 4


def queries() -> list[object]:
    """Each that a panel sends to VictoriaMetrics, called by its dashboard and panel."""
    return [
        pytest.param(target["expr"], id=f"{path.stem}: {panel['title']} {target['refId']}")
        for path in DASHBOARDS
        for panel in json.loads(path.read_text())["panels"]
        for target in panel.get("targets", [])
        if target["datasource"]["uid"] == "victoria-metrics"
    ]


@pytest.fixture(scope="module")
def used(door: FrontDoor, metrics: VictoriaMetrics) -> VictoriaMetrics:
    """What was scraped of a gateway that ten people used for a minute, while Opus was beyond its quota.

    Whoever wants Opus may be told so too: LiteLLM and the admission hook keep others from a model that
    throttles.
    """
    answers = asyncio.run(_use(door, metrics))
    assert {answer.status for answer in answers if answer.wish.model != "opus"} == {200}
    assert {answer.status for answer in answers if answer.wish.model == "opus"} <= {200, 429}
    return metrics


async def _use(door: FrontDoor, metrics: VictoriaMetrics) -> list[Answer]:
    answers: list[Answer] = []
    people = Clients(Door("127.0.0.1", door.proxy.port, MASTER_KEY), SHORT, answers.append)
    await people.arrive(10, within_seconds=2)
    while _scrapes(metrics) < SCRAPES:
        await asyncio.to_thread(door.ask, "claude-opus-4-5", "throttle")
        await asyncio.sleep(2)
    await people.stop()
    return answers


def _scrapes(metrics: VictoriaMetrics) -> int:
    return min((len(series.values) for series in metrics.recorded(OF_THE_SPEC[0])), default=0)


def test_victoria_metrics_takes_the_options_and_finds_the_proxy(used):
    """Options as in the task, jobs as in the scrape configuration."""
    assert {one.labels["job"]: one.values for one in used.query("up")} == {
        "litellm": [1.0],
        "victoria-metrics": [1.0],
    }


def test_what_is_scraped_says_of_which_environment_it_is(used):
    """The dashboards ask for it to find the environment's tasks in CloudWatch."""
    assert {one.labels["namespace"] for one in used.query("up")} == {NAMESPACE}


def test_both_workers_served(used, door):
    """Each writes counters of its own, which the one that is asked adds up."""
    written = (door.proxy.program.log.parent / "metrics").glob("counter_*.db")
    assert len({path.stem for path in written}) == 2


@pytest.mark.parametrize("name", OF_THE_SPEC)
def test_a_metric_of_the_spec_never_falls_whichever_worker_is_asked(used, name):
    """Counters that flapped between two workers would make rates of nothing."""
    series = used.recorded(name)
    assert series
    assert all(later >= earlier for one in series for earlier, later in itertools.pairwise(one.values))
    assert any(one.values[-1] > one.values[0] for one in series)


def test_no_series_is_made_for_each_client(used):
    """Whoever asks from another address or by another program is counted with the rest."""
    (found,) = used.query(f"count({OF_THE_SPEC[0]} > 0) by (client_ip, user_agent)")
    assert found.labels.keys() & {"client_ip", "user_agent"} == set()


def test_every_model_that_was_used_is_counted(used):
    """Under the names that people ask for."""
    counted = {one.labels["requested_model"] for one in used.query(f"{OF_THE_SPEC[0]} > 0")}
    assert {"claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5"} <= counted


def test_spend_is_what_the_tokens_cost(used):
    """LiteLLM knows the price behind each profile: 1.10 $ and 5.50 $ per million of Haiku's tokens."""

    def total(metric: str) -> float:
        return sum(one.values[-1] for one in used.query(f'{metric}{{requested_model="claude-haiku-4-5"}}'))

    tokens = total("litellm_input_tokens_metric_total"), total("litellm_output_tokens_metric_total")
    assert total("litellm_spend_metric_total") == pytest.approx(tokens[0] * 1.1e-6 + tokens[1] * 5.5e-6)


@pytest.mark.parametrize("expression", queries())
def test_a_panels_query_is_answered_with_data(used, expression):
    """A panel that stays empty on a used gateway asks for something that is not there."""
    assert eventually(lambda: used.query(expression) != [], seconds=30)
