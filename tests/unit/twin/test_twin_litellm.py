"""The twin against a run of the real LiteLLM proxy: what a request costs, what a full task makes of it."""

import pytest

from local.twin import PARAMETERS
from local.twin.calibration.litellm import costs, load, measured, predicted

RUN = load()
MEASURED = measured(RUN)
FULL = [level for level in MEASURED if level.clients >= 10]  # below, some forty seconds hold too few requests


def test_a_request_costs_what_it_cost_litellm():
    """CPU time of a plain answer and of a token that streams, as they were measured, to 30 and 15 percent."""
    found = costs(RUN)
    task = PARAMETERS.task
    assert task.cpu_seconds_per_request == pytest.approx(found.per_request, rel=0.30)
    assert task.cpu_seconds_per_output_token == pytest.approx(found.per_output_token, rel=0.15)


@pytest.mark.parametrize("real", FULL, ids=lambda level: f"{level.clients} in flight")
def test_so_many_requests_in_flight_do_to_the_twin_what_they_did_to_litellm(real):
    """Throughput and waiting come out right, though nothing was fitted to them; CPU up to half too high."""
    twin = predicted(RUN, real.clients)
    assert twin.requests_per_second == pytest.approx(real.requests_per_second, rel=0.12)
    assert twin.added_seconds == pytest.approx(real.added_seconds, abs=0.05, rel=0.5)
    assert 0.95 < twin.cpu_percent / real.cpu_percent < 1.5


def test_both_add_hardly_anything_until_they_are_half_full_and_seconds_once_they_are_full():
    """Where the bend of the curve lies is what scaling hangs on."""
    for curve in (MEASURED, [predicted(RUN, level.clients) for level in MEASURED]):
        added = {level.clients: level.added_seconds for level in curve}
        assert max(added[clients] for clients in (1, 2, 5, 10, 20)) < 0.1
        assert added[40] < 0.2
        assert 0.7 < added[80] < added[120]
