"""The twin against a run of the real LiteLLM proxy: what a request costs, what a full task makes of it."""

import pytest

from local.twin import PARAMETERS
from local.twin.calibration.litellm import costs, load, measured, predicted

RUN = load()


def test_a_request_costs_what_it_cost_litellm():
    """CPU time of a plain answer and of a token that streams, as they were measured, to a quarter."""
    found = costs(RUN)
    task = PARAMETERS.task
    assert task.cpu_seconds_per_request == pytest.approx(found.per_request, rel=0.25)
    assert task.cpu_seconds_per_output_token == pytest.approx(found.per_output_token, rel=0.1)


@pytest.mark.parametrize("clients", [10, 40, 120])
def test_the_same_mixture_takes_as_much_work(clients):
    """Per request of the run's own mixture; the real one does with less when events of streams pile up."""
    (median,) = (level["median"] for level in RUN["levels"] if level["clients"] == clients)
    level = predicted(RUN, clients)
    work = level.cpu_percent / 100 * 2 / level.requests_per_second
    assert 0.85 < work / median["cpu_seconds_per_request"] < 1.75


def test_levels_that_nobody_disturbed_come_out_of_the_twin():
    """CPU, throughput and waiting of so many requests in flight, none of which the twin was fitted to."""
    for level in measured(RUN):
        twin = predicted(RUN, level.clients)
        assert twin.cpu_percent == pytest.approx(level.cpu_percent, abs=17)
        assert twin.requests_per_second == pytest.approx(level.requests_per_second, rel=0.2)
        assert twin.added_seconds == pytest.approx(level.added_seconds, abs=0.1, rel=0.25)
