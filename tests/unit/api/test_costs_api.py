"""The API: costs are told, and their reports listed."""

from __future__ import annotations

import pytest

from tests.unit.api.api_play import (
    faults,
    post,
)


def test_costs_are_told_as_numbers(client):
    """JSON has no decimals; nothing was metered yet, and nothing is what it says."""
    post(client)
    status, _, body = client.call("GET", "/environments/{name}/costs", path={"name": "sandbox"})
    assert (status, body["environment"], body["number"]["month_to_date"]) == (200, "sandbox", 0.0)
    assert body["estimate"]["monthly"] == 794.17


def test_the_reports_of_costs_are_listed(client):
    """None yet; a query that nobody knows is refused."""
    post(client)
    route, sandbox = "/environments/{name}/costs/reports", {"name": "sandbox"}
    status, _, body = client.call("GET", route, path=sandbox)
    assert (status, body["reports"], body["next"]) == (200, [], None)
    assert faults(client.call("GET", route, path=sandbox, query={"day": "x"})).keys() == {"?day"}


@pytest.mark.parametrize(
    ("query", "path"), [({"month": "2999-01"}, "?month"), ({"month": "x"}, "?month"), ({"day": "1"}, "?day")]
)
def test_a_query_for_costs_is_read_with_care(client, query, path):
    """A month that is none, or is still to come, and what is not known."""
    post(client)
    answer = client.call("GET", "/environments/{name}/costs", path={"name": "sandbox"}, query=query)
    assert path in faults(answer)
