"""The API: drift is told, examined and repaired."""

from __future__ import annotations

from stargate.domain.environment import Status
from tests.unit.api.api_play import (
    USER,
    faults,
    post,
)

DRIFT = "/environments/{name}/drift"


def standing(client):
    body = post(client)[2]
    client.play.settle(body["id"], 1, Status.READY)
    return {"name": "sandbox"}


def test_drift_is_told_and_examined_on_request(client):
    """Never examined is an answer; asked for with a key it is begun once, and whoever asked is told."""
    path, headers = standing(client), {"Idempotency-Key": "drift-1"}
    assert client.call("GET", DRIFT, path=path)[2]["status"] == "never examined"
    answers = [client.call("POST", DRIFT, path=path, headers=headers)[::2] for _ in range(2)]
    assert answers[0] == answers[1]
    status, begun = answers[0]
    assert (status, begun["status"], begun["asked_by"]) == (202, "examining", USER)
    assert client.call("GET", DRIFT, path=path)[2] == begun


def test_a_repair_takes_an_empty_body_and_names_what_it_does_not_know(client):
    """What is nothing that could be put back is a fault, and nothing is begun."""
    path, route = standing(client), "/environments/{name}/repair"
    answer = client.call("POST", route, {"only": ["data/Database"]}, path=path)
    assert set(faults(answer)) == {"/only/0"}
    assert client.call("GET", DRIFT, path=path)[2]["status"] == "never examined"
    assert client.call("POST", route, path=path)[0] == 202


def test_what_is_at_work_is_not_examined_for_drift(client):
    """409 with the states from which it works; 404 for what nobody has."""
    post(client)
    status, _, body = client.call("POST", DRIFT, path={"name": "sandbox"})
    assert (status, body["type"]) == (409, "urn:stargate:problem:environment-busy")
    assert "READY, DEGRADED or ASLEEP" in body["detail"]
    assert client.call("GET", DRIFT, path={"name": "nobody"})[0] == 404
