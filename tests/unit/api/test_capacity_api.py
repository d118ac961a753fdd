"""The API: what the outer loop saw, and what if."""

from __future__ import annotations

import pytest

from functions.api import handler
from stargate.domain.scaling.demand import Usual
from stargate.domain.scaling.loop_state import LoopState
from stargate.domain.scaling.outer_loop import Bounds
from stargate.domain.scaling.quota_budgets import Budgets
from stargate.domain.scaling.quota_watch import Level, Limit, Watched
from stargate.domain.scaling.service_model import RequestFigures
from tests.unit.api.api_play import (
    faults,
    post,
)


def test_capacity_answers_a_what_if_from_the_environments_own_figures(client):
    """Its limits and its usual request, once the loop knows one; what the loop wanted last is told too."""
    identifier, path = post(client)[2]["id"], {"name": "sandbox"}
    query = {"users": "120", "model": "haiku"}
    _, _, before = client.call("GET", "/environments/{name}/capacity", path=path, query=query)
    assert (before["loop"], before["usual_request"]) == (None, None)
    assert before["limits"] == {"minimum": 2, "maximum": 6}
    long = Usual(RequestFigures(2000.0, 400.0), 9.0, 500.0)
    wanted = Bounds(4, 4)
    loop = LoopState("litellm", looked_at=1000.0, wanted=wanted, reason="as many as came in", usual=long)
    client.play.table.operations[identifier] = {("loops", "litellm"): loop}
    _, _, after = client.call("GET", "/environments/{name}/capacity", path=path, query=query)
    assert after["loop"]["wanted"] == {"minimum": 4, "maximum": 4}
    usual = {"input_tokens": 2000.0, "output_tokens": 400.0, "reserved_tokens": 1024.0, "seconds": 9.0}
    assert after["usual_request"] == usual
    assert after["what_if"]["tasks"]["needed"] > before["what_if"]["tasks"]["needed"]
    assert client.call("GET", "/environments/{name}/capacity", path=path)[2]["what_if"] is None


def test_capacity_tells_what_the_watch_saw_of_the_quotas(client):
    """Of each model: granted, used, held, left, this environment's part; and it says when it is late."""
    post(client)
    path = {"name": "sandbox"}
    assert client.call("GET", "/environments/{name}/capacity", path=path)[2]["quotas"] is None
    watched = Watched(
        "us.sonnet", Limit(1000.0, 60.0, "Service Quotas"), 700.0, 100.0, 6.0, 0.0, 80.0, 4.24,
        Level.WARNING, "80 % of it is used", {"sandbox": 0.75, "others": 0.25},
    )  # fmt: skip
    now = client.play.clock.now()
    handler.api.budgets.write(
        "us-east-1", Budgets(now, {"sandbox": {"claude-sonnet-4-5": 12.5}}, {"claude-sonnet-4-5": watched})
    )
    told = client.call("GET", "/environments/{name}/capacity", path=path)[2]["quotas"]
    assert told["models"] == [
        {
            "model": "claude-sonnet-4-5",
            "quota": "us.sonnet",
            "level": "warning",
            "percent": 80.0,
            "reason": "80 % of it is used",
            "limit": {"tokens": 1000.0, "requests": 60.0, "told_by": "Service Quotas"},
            "used": {"tokens": 700, "requests": 6},
            "held": {"tokens": 100},
            "headroom": {"tokens": 200, "requests": 54},
            "throttles": 0,
            "minutes_left": 4.2,
            "share_percent": 75.0,
            "admitted_tokens_per_second": 12.5,
        }
    ]
    assert not told["late"]
    client.play.clock.pass_seconds(301)
    told = client.call("GET", "/environments/{name}/capacity", path=path)[2]["quotas"]
    assert told["late"]
    assert told["models"][0]["admitted_tokens_per_second"] is None


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ({"users": "0"}, ["?users"]),
        ({"users": "1e9"}, ["?users"]),
        ({"model": "haiku"}, ["?users"]),
        ({"users": "5", "model": "nobody", "colour": "blue"}, ["?colour", "?model"]),
    ],
)
def test_a_what_if_is_read_with_care(client, query, paths):
    """Every fault at once."""
    post(client)
    answer = client.call("GET", "/environments/{name}/capacity", path={"name": "sandbox"}, query=query)
    assert list(faults(answer)) == paths


def test_an_environment_nobody_has_has_no_mode_no_conditions_and_no_capacity(client):
    """404 for each."""
    path = {"name": "nobody"}
    assert client.call("PATCH", "/environments/{name}", {"mode": "act"}, path=path)[0] == 404
    assert client.call("GET", "/environments/{name}/conditions", path=path)[0] == 404
    assert client.call("GET", "/environments/{name}/capacity", path=path)[0] == 404
