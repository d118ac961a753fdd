"""The API: what is read with care: bodies, pages, paths, keys."""

from __future__ import annotations

import json

import pytest

from tests.unit.api.api_play import (
    faults,
    post,
)
from tests.unit.play import REQUEST


def test_a_key_replays_its_reply_and_refuses_another_body(client):
    """The same body gives the same reply, another one 422."""
    headers = {"Idempotency-Key": "key-1"}
    assert post(client, headers=headers)[2] == post(client, headers=headers)[2]
    status, _, body = post(client, {"name": "other", "preset": "sandbox"}, headers=headers)
    assert (status, body["type"]) == (422, "urn:stargate:problem:idempotency-key-reused")


def test_every_fault_is_listed_with_its_path_and_what_is_allowed(client):
    """One answer for all of them, and nothing is created."""
    answer = post(
        client,
        {
            "name": "Sand-Box",
            "preset": "production",
            "ttl": 5,
            "overrides": {
                "network": {"cidr": "8.8.0.0/16", "nat": "two"},
                "litellm": {"cpu": 2048, "memory": 100000, "min_tasks": 5, "max_tasks": 2},
                "grafana": {"tasks": "2"},
                "database": {"class": "mysql", "storage_gb": 10, "multi_az": 1},
                "kafka": {},
            },
        },
    )
    assert faults(answer) == {
        "/name": "text matching ^[a-z][a-z0-9]{1,15}$, but not region, shared",
        "/preset": "one of poc, sandbox",
        "/ttl": "a whole number from 600 to 31622400",
        "/overrides/database/class": faults(answer)["/overrides/database/class"],
        "/overrides/database/multi_az": "true or false",
        "/overrides/database/storage_gb": "a whole number from 20 to 65536",
        "/overrides/grafana/tasks": "a whole number from 1 to 50",
        "/overrides/kafka": "one of compute, database, edge, grafana, images, langfuse, litellm, network",
        "/overrides/litellm/memory": faults(answer)["/overrides/litellm/memory"],
        "/overrides/litellm/min_tasks": "a whole number from 1 to 2",
        "/overrides/network/cidr": faults(answer)["/overrides/network/cidr"],
        "/overrides/network/nat": "one of one, per_zone, instance",
    }
    assert client.play.table.environments == {}


@pytest.mark.parametrize(
    ("cidr", "words"),
    [
        ("8.8.0.0/16", "not inside a private range"),
        ("10.20.0.0/24", "too small"),
        ("10.0.0.0/8", "larger than a VPC"),
        ("10.20.1.0/16", "host bits set"),
        ("10.20.0.0", "no IPv4 network"),
        ("::/16", "no IPv4 network"),
        ("10.300.0.0/16", "Octet 300"),
        ("172.32.0.0/16", "not inside a private range"),
    ],
)
def test_a_network_must_be_private_and_hold_its_subnets(client, cidr, words):
    """Each way to get it wrong has its own words."""
    status, _, body = post(client, {**REQUEST, "overrides": {"network": {"cidr": cidr}}})
    assert status == 400
    assert any(words in fault["fault"] for fault in body["faults"])


@pytest.mark.parametrize(
    "body", [[], "sandbox", None, {}, {"name": 5, "preset": []}, {"overrides": {"network": 5}}]
)
def test_whatever_json_comes_is_answered_with_faults(client, body):
    """Never a server error."""
    assert faults(post(client, raw=json.dumps(body)))


def test_a_whole_number_may_be_written_with_a_point(client):
    """JSON has one kind of number; CloudFormation must not be given 3.0 tasks."""
    document = {**REQUEST, "overrides": {"litellm": {"min_tasks": 3.0}}}
    _, _, body = post(client, raw=json.dumps(document))
    assert repr(body["spec"]["litellm"]["min_tasks"]) == "3"


NO_JSON = ["{", "", "nonsense", '{"name": }', '{"ttl": NaN}', '{"ttl": 1e999}', '{"name": "\\ud800"}']


@pytest.mark.parametrize("raw", NO_JSON)
def test_a_body_that_is_no_json_is_a_problem(client, raw):
    """400, and it says where reading stopped."""
    status, headers, body = post(client, raw=raw)
    assert (status, body["type"]) == (400, "urn:stargate:problem:malformed-document")
    assert headers["Content-Type"] == "application/problem+json"


def test_an_environment_nobody_has_is_404(client):
    """For each route that names one."""
    path = {"name": "nobody"}
    for method, resource in [
        ("GET", "/environments/{name}"),
        ("DELETE", "/environments/{name}"),
        ("GET", "/environments/{name}/stacks"),
        ("GET", "/environments/{name}/ledger"),
    ]:
        status, headers, body = client.call(method, resource, path=path)
        assert (status, body["type"]) == (404, "urn:stargate:problem:unknown-environment")
        assert headers["Content-Type"] == "application/problem+json"


def test_an_unknown_path_a_wrong_method_and_a_strange_body_are_problems(client):
    """What Chalice refuses by itself is told the same way."""
    for expected, arguments in [
        (404, ("GET", "/nothing")),
        (405, ("PUT", "/environments")),
        (415, ("POST", "/environments")),
    ]:
        headers = {"content-type": "text/xml"} if expected == 415 else None
        status, told, body = client.call(*arguments, raw="<x/>", headers=headers)
        assert status == expected == body["status"]
        assert told["Content-Type"] == "application/problem+json"
        assert body["type"].startswith("urn:stargate:problem:")


def test_an_error_of_ours_is_a_problem_that_tells_nothing_of_the_inside(client):
    """500 without a trace."""
    client.play.manifests.manifest = None
    status, headers, body = post(client)
    assert (status, body["type"]) == (500, "urn:stargate:problem:internal-error")
    assert headers["Content-Type"] == "application/problem+json"
    assert "NoneType" not in json.dumps(body)


def test_what_aws_does_not_take_just_now_can_be_asked_again(client):
    """503 with AWS's words; the same request once more starts what was asked for."""
    client.play.workflows.throttled = True
    status, headers, body = post(client)
    assert (status, body["type"]) == (503, "urn:stargate:problem:aws-throttled")
    assert headers["Content-Type"] == "application/problem+json"
    assert "Rate exceeded" in body["detail"]
    client.play.workflows.throttled = False
    assert post(client)[0] == 202
    assert [start[0] for start in client.play.workflows.started] == ["provision"]


QUERIES = [{"limit": "0"}, {"limit": "101"}, {"limit": "many"}, {"limit": "9" * 5000}, {"page": "2"}]


@pytest.mark.parametrize("query", QUERIES, ids=["none", "too many", "no number", "no end", "unknown"])
def test_a_query_is_read_with_care(client, query):
    """Limits outside 1 to 100 and unknown names are faults."""
    assert list(faults(client.call("GET", "/environments", query=query))) == [f"?{next(iter(query))}"]
