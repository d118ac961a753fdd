"""What the API does not let in, and how it says so."""

import pytest

pytestmark = pytest.mark.cloud

GOOD = {"name": "orchid", "preset": "sandbox"}
ROUTES = [
    ("GET", "/environments"),
    ("POST", "/environments"),
    ("GET", "/environments/orchid"),
    ("DELETE", "/environments/orchid"),
    ("GET", "/environments/orchid/stacks"),
    ("GET", "/environments/orchid/ledger"),
]


def overriding(**overrides):
    return {**GOOD, "overrides": overrides}


BAD_DOCUMENTS = {
    "unknown preset": ({**GOOD, "preset": "production"}, ["/preset"]),
    "no preset": ({"name": "orchid"}, ["/preset"]),
    "nothing at all": ({}, ["/name", "/preset"]),
    "unknown field": ({**GOOD, "moons": 2}, ["/moons"]),
    "name with a capital": ({**GOOD, "name": "Orchid"}, ["/name"]),
    "name with a hyphen": ({**GOOD, "name": "or-chid"}, ["/name"]),
    "name of one letter": ({**GOOD, "name": "o"}, ["/name"]),
    "name of seventeen letters": ({**GOOD, "name": "o" * 17}, ["/name"]),
    "name beginning with a digit": ({**GOOD, "name": "1orchid"}, ["/name"]),
    "name with a line break": ({**GOOD, "name": "orchid\n"}, ["/name"]),
    "reserved name": ({**GOOD, "name": "region"}, ["/name"]),
    "name that is a number": ({**GOOD, "name": 12}, ["/name"]),
    "unknown override": (overriding(colour="blue"), ["/overrides/colour"]),
    "unknown field of an override": (overriding(litellm={"disk": 1}), ["/overrides/litellm/disk"]),
    "text for a number": (overriding(grafana={"tasks": "2"}), ["/overrides/grafana/tasks"]),
    "true for a number": (overriding(grafana={"tasks": True}), ["/overrides/grafana/tasks"]),
    "no tasks": (overriding(langfuse={"tasks": 0}), ["/overrides/langfuse/tasks"]),
    "overrides as a list": ({**GOOD, "overrides": []}, ["/overrides"]),
    "public addresses": (overriding(network={"cidr": "8.8.0.0/16"}), ["/overrides/network/cidr"]),
    "network too small": (overriding(network={"cidr": "10.20.0.0/24"}), ["/overrides/network/cidr"]),
    "no network": (overriding(network={"cidr": "10.20.0.0"}), ["/overrides/network/cidr"]),
    "host bits set": (overriding(network={"cidr": "10.20.0.1/16"}), ["/overrides/network/cidr"]),
    "unknown kind of NAT": (overriding(network={"nat": "two"}), ["/overrides/network/nat"]),
    "fewest above most": (
        overriding(litellm={"min_tasks": 7, "max_tasks": 6}),
        ["/overrides/litellm/min_tasks"],
    ),
    "several faults at once": (
        {
            "name": "Sand-Box",
            "preset": "production",
            "colour": "blue",
            "overrides": {"network": {"cidr": "8.8.0.0/16"}, "litellm": {"min_tasks": "two"}},
        },
        ["/colour", "/name", "/overrides/litellm/min_tasks", "/overrides/network/cidr", "/preset"],
    ),
}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_unsigned_is_forbidden(stranger, method, path):
    """Without a signature every route answers 403."""
    assert stranger.send(method, path, body="{}" if method == "POST" else None).status == 403


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_wrongly_signed_is_forbidden(forger, method, path):
    """With a signature made by a wrong secret every route answers 403."""
    assert forger.send(method, path, body="{}" if method == "POST" else None).status == 403


@pytest.mark.parametrize(("document", "paths"), BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS)
def test_bad_documents_get_every_fault(api, document, paths):
    """One problem document lists every fault with its path and with what is allowed."""
    answer = api.post("/environments", document)
    assert answer.status == 400, answer.text
    assert is_problem(answer)
    assert sorted({fault["path"] for fault in answer.document["faults"]}) == paths
    assert all(fault["fault"] and fault["allowed"] for fault in answer.document["faults"])


@pytest.mark.parametrize("body", ["{", "[1, 2", "", '"sandbox"', "null", "[]", '{"name": NaN}', "\x00"])
def test_malformed_json_is_one_problem(api, body):
    """What is no JSON object is refused with a problem document, never with a stack trace."""
    answer = api.send("POST", "/environments", body=body)
    assert answer.status == 400, answer.text
    assert is_problem(answer)


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("PUT", "/environments", {403, 404, 405}),
        ("POST", "/environments/orchid", {403, 404, 405}),
        ("GET", "/nowhere", {403, 404}),
        ("GET", "/environments/orchid/nowhere", {403, 404}),
    ],
)
def test_wrong_method_or_path_is_a_problem(api, method, path, statuses):
    """API Gateway's own answers speak the same language as ours."""
    answer = api.send(method, path)
    assert answer.status in statuses, answer.text
    assert is_problem(answer)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/environments/orchid"),
        ("GET", "/environments/orchid/stacks"),
        ("GET", "/environments/orchid/ledger"),
        ("DELETE", "/environments/orchid"),
    ],
)
def test_unknown_environments_are_not_found(api, method, path):
    """An environment that nobody made is 404, whatever is asked of it."""
    answer = api.send(method, path)
    assert answer.status == 404, answer.text
    assert is_problem(answer)


@pytest.mark.parametrize(
    "query", [{"limit": "none"}, {"limit": "0"}, {"limit": "100000"}, {"next": "forged"}]
)
def test_bad_paging_is_a_problem(api, query):
    """Queries are held to their rules as documents are."""
    answer = api.get("/environments", **query)
    assert answer.status == 400, answer.text
    assert is_problem(answer)


def test_nothing_was_made_of_any_of_it(api, witness):
    """After all of the above the cloud holds no stack and the table no environment of those names."""
    listed = {environment["name"] for environment in api.get("/environments").document["environments"]}
    assert witness.stacks("orchid") == {}
    assert "orchid" not in listed


def is_problem(answer):
    kind = next(value for name, value in answer.headers.items() if name.lower() == "content-type")
    document = answer.document
    return (
        kind.split(";")[0] == "application/problem+json"
        and document["type"].startswith("urn:stargate:problem:")
        and document["status"] == answer.status
        and bool(document["title"])
    )
