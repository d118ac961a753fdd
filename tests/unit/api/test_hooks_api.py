"""The API: hooks are made, listed and removed."""

from __future__ import annotations

import pytest

from tests.unit.api.api_play import (
    USER,
    faults,
    ledger,
    post,
    ready,
)


def make_hook(client, **asked):
    return client.call("POST", "/hooks", {"environment": "sandbox", **asked})


def test_a_hook_is_made_and_its_secret_is_not_told(client):
    """201: where to post, and where the secret lies for whoever may read it; the ledger names who asked."""
    ready(client)
    status, _, hook = make_hook(client, note="Grafana of the platform")
    assert status == 201
    key = hook["id"].rpartition(".")[2]
    assert hook == {
        "id": f"sandbox.us-east-1.{key}",
        "environment": "sandbox",
        "note": "Grafana of the platform",
        "path": f"/hooks/sandbox.us-east-1.{key}",
        "secret": {"name": f"stargate-sandbox/hook-{key}", "region": "us-east-1"},
        "made_at": None,
    }
    entry = ledger(client)[-1]
    assert (entry["actor"], entry["summary"]) == (USER, "a hook was made: Grafana of the platform")


def test_hooks_are_listed_and_removed(client):
    """Of one environment or of all; one that is gone is not there to be removed again."""
    ready(client)
    hook = make_hook(client)[2]
    assert client.call("GET", "/hooks")[2] == {"hooks": [hook], "next": None}
    assert client.call("GET", "/hooks", query={"environment": "sandbox"})[2] == {
        "hooks": [hook],
        "next": None,
    }
    path = {"hook": hook["id"]}
    assert client.call("DELETE", "/hooks/{hook}", path=path)[2] == {"id": hook["id"], "removed": True}
    assert client.call("GET", "/hooks")[2]["hooks"] == []
    assert client.call("DELETE", "/hooks/{hook}", path=path)[0] == 404
    assert client.call("DELETE", "/hooks/{hook}", path={"hook": "../switch"})[0] == 404
    assert ledger(client)[-1]["summary"] == f"a hook was removed: {hook['id']}"


def test_the_same_request_for_a_hook_makes_one(client):
    """By its Idempotency-Key."""
    ready(client)
    headers, asked = {"Idempotency-Key": "one"}, {"environment": "sandbox"}
    first, again = (client.call("POST", "/hooks", asked, headers=headers)[2] for _ in range(2))
    assert first == again
    assert len(client.call("GET", "/hooks")[2]["hooks"]) == 1


@pytest.mark.parametrize(
    ("asked", "paths"),
    [
        ([], ["/"]),
        ({}, ["/environment"]),
        ({"environment": 5, "note": 7, "secret": "mine"}, ["/environment", "/note", "/secret"]),
        ({"environment": "sandbox", "note": "x" * 201}, ["/note"]),
    ],
)
def test_a_faulty_request_for_a_hook_lists_every_fault(client, asked, paths):
    """A secret of one's own among them: nobody chooses it."""
    assert sorted(faults(client.call("POST", "/hooks", asked))) == paths


def test_a_hook_is_of_an_environment_that_stands(client):
    """Before it does there is nothing to take the secret away with."""
    assert make_hook(client)[0] == 404
    post(client)
    status, _, body = make_hook(client)
    assert (status, body["type"]) == (409, "urn:stargate:problem:environment-busy")


def test_a_list_of_hooks_takes_no_other_words(client):
    """Each unknown one is named."""
    assert list(faults(client.call("GET", "/hooks", query={"colour": "blue"}))) == ["?colour"]
    assert client.call("GET", "/hooks", query={"environment": "nobody"})[0] == 404
