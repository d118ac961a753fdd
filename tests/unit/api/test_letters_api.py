"""The API: dead letters are shown, brought back and discarded."""

from __future__ import annotations

import pytest

from functions.api import handler
from tests.unit.api.api_play import (
    USER,
    faults,
)


def redriver(client):
    return handler.api.redriver


def test_dead_letters_are_shown_brought_back_and_discarded_by_whoever_asks(client):
    """The order goes where the rights are, with the caller's name; no body means all of them."""
    assert client.call("GET", "/redrive")[:1] == (200,)
    assert client.call("POST", "/redrive", raw="")[0] == 200
    client.call("POST", "/redrive", {"letters": ["m-1"], "discard": True})
    assert redriver(client).orders == [
        {"show": True, "actor": USER},
        {"actor": USER},
        {"letters": ["m-1"], "discard": True, "actor": USER},
    ]


@pytest.mark.parametrize(
    ("order", "paths"),
    [
        ([], ["/"]),
        ({"letters": [], "discard": "yes", "all": True}, ["/all", "/discard", "/letters"]),
        ({"letters": [""]}, ["/letters"]),
        ({"letters": ["m"] * 101}, ["/letters"]),
        ({"discard": True}, ["/letters"]),
    ],
)
def test_an_order_that_is_not_clear_touches_no_letter(client, order, paths):
    """To throw away all of them at once cannot be said."""
    assert sorted(faults(client.call("POST", "/redrive", order))) == paths
    assert redriver(client).orders == []


def test_letters_that_cannot_be_reached_are_a_problem_with_the_reason(client):
    """503: nothing was touched, ask again."""
    redriver(client).fails = "the queue is not there"
    status, _, body = client.call("POST", "/redrive", {})
    assert (status, body["type"]) == (503, "urn:stargate:problem:redrive-failed")
    assert "the queue is not there" in body["detail"]
