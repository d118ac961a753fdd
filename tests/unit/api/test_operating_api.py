"""The API: modes, conditions, incidents, playbooks, the switch and actions that are asked for."""

from __future__ import annotations

import pytest

from functions.api import handler
from stargate.domain.operating.conditions import Condition
from stargate.domain.operating.incidents import Incident
from stargate.domain.signals.signal import Severity
from tests.unit.api.api_play import (
    APPROVAL_ID,
    USER,
    faults,
    post,
)
from tests.unit.play import REQUEST
from tests.unit.signals.senders import alarm


def test_a_mode_is_given_and_changed(client):
    """What was asked for is shown; changing it is answered with the environment, and is in the ledger."""
    path = {"name": "sandbox"}
    assert post(client)[2]["mode"] == "act"
    status, _, body = client.call("PATCH", "/environments/{name}", {"mode": "observe"}, path=path)
    assert (status, body["mode"], body["status"]) == (200, "observe", "PROVISIONING")
    assert client.call("GET", "/environments/{name}", path=path)[2]["mode"] == "observe"
    _, _, ledger = client.call("GET", "/environments/{name}/ledger", path=path, query={"kind": "decision"})
    assert ledger["entries"][-1]["summary"] == "mode of sandbox changed from act to observe"
    assert ledger["entries"][-1]["actor"] == USER


def test_an_environment_can_be_asked_for_in_a_mode(client):
    """An unknown one is a fault."""
    assert post(client, {**REQUEST, "mode": "advise"})[2]["mode"] == "advise"
    assert list(faults(post(client, {**REQUEST, "name": "other", "mode": "sleep"}))) == ["/mode"]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"mode": "off"}, ["/mode"]),
        ({"preset": "production", "mode": "act"}, ["/preset"]),
        ({"region": "us-west-1"}, ["/region"]),
        ({}, [""]),
        ([], [""]),
        ({"deletion_protection": "off"}, ["/deletion_protection"]),
        ({"ttl": 5}, ["/ttl"]),
        ({"ttl": 86400}, ["/ttl"]),  # while deletion protection is on
    ],
)
def test_what_cannot_be_changed_is_a_fault(client, body, paths):
    """Unknown fields, values that are not allowed, and wishes that exclude each other."""
    post(client)
    answer = client.call("PATCH", "/environments/{name}", body, path={"name": "sandbox"})
    assert list(faults(answer)) == paths


def test_conditions_are_shown_with_what_was_decided(client):
    """Open ones unless all are asked for, in pages."""
    identifier, path = post(client)[2]["id"], {"name": "sandbox"}
    client.play.table.operations[identifier] = {
        ("conditions", f"cpu-high#{subject}"): Condition(
            "cpu-high", subject, severity, open=is_open, opened_at=900.0, last_at=1000.0, cause="entry"
        )
        for subject, severity, is_open in (
            ("litellm", Severity.CRITICAL, True),
            ("database", Severity.WARNING, False),
        )
    }
    status, _, body = client.call("GET", "/environments/{name}/conditions", path=path)
    assert (status, body["next"]) == (200, None)
    (shown,) = body["conditions"]
    assert (shown["kind"], shown["subject"], shown["severity"], shown["status"]) == (
        "cpu-high",
        "litellm",
        "critical",
        "open",
    )
    query = {"status": "all", "limit": "1"}
    _, _, first = client.call("GET", "/environments/{name}/conditions", path=path, query=query)
    _, _, rest = client.call(
        "GET", "/environments/{name}/conditions", path=path, query={**query, "next": first["next"]}
    )
    subjects = [page["conditions"][0]["subject"] for page in (first, rest)]
    assert (subjects, rest["next"]) == (["database", "litellm"], None)


@pytest.mark.parametrize(
    ("query", "fault"),
    [({"status": "closed"}, "?status"), ({"next": "rumour"}, "?next"), ({"kind": "x"}, "?kind")],
)
def test_a_query_for_conditions_is_read_with_care(client, query, fault):
    """An unknown status, page or field is a fault."""
    post(client)
    answer = client.call("GET", "/environments/{name}/conditions", path={"name": "sandbox"}, query=query)
    assert fault in faults(answer)


PLAYBOOK = {"version": 0, "rules": [{"rule": "quiet", "while": "cpu-high", "why": "because"}]}


SANDBOX = {"name": "sandbox"}


def test_a_playbook_is_shown_put_and_kept(client):
    """What is shown can be changed and sent back; an outdated one is a conflict."""
    post(client)
    status, _, shown = client.call("GET", "/environments/{name}/playbook", path=SANDBOX)
    assert (status, shown["version"], shown["follows"]) == (200, 0, "default")
    status, _, put = client.call("PUT", "/environments/{name}/playbook", PLAYBOOK, path=SANDBOX)
    assert (status, put["version"], put["actor"]) == (200, 1, USER)
    found = client.call("GET", "/environments/{name}/playbook", path=SANDBOX)[2]
    assert found["rules"] == PLAYBOOK["rules"]
    outdated = {**PLAYBOOK, "rules": [{**PLAYBOOK["rules"][0], "why": "other"}]}
    status, _, problem = client.call("PUT", "/environments/{name}/playbook", outdated, path=SANDBOX)
    assert (status, problem["type"]) == (409, "urn:stargate:problem:playbook-outdated")
    older = client.call("GET", "/environments/{name}/playbook", path=SANDBOX, query={"version": "0"})[2]
    assert older["follows"] == "default"


def test_an_event_is_explained_for_an_environment(client):
    """What would be decided on it, by its playbook and state."""
    post(client)
    event = alarm("stargate-sandbox-database-cpu-warning")
    status, _, body = client.call("POST", "/environments/{name}/explain", event, path=SANDBOX)
    (explained,) = body["explained"]
    assert (status, explained["signal"]["kind"]) == (200, "cpu-high")
    assert explained["decision"]["rule"] == "database-cpu"
    unknown = client.call("POST", "/environments/{name}/explain", event, path={"name": "nobody"})
    assert (unknown[0], unknown[2]["type"]) == (404, "urn:stargate:problem:unknown-environment")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(b"{}", "invalid-request"), (b"[" * 50000, "malformed-document"), (b"", "malformed-document")],
)
def test_what_is_no_event_cannot_be_explained(client, raw, kind):
    """400, however deep its nothing is nested."""
    post(client)
    status, _, body = client.call("POST", "/environments/{name}/explain", path=SANDBOX, raw=raw)
    assert (status, body["type"]) == (400, f"urn:stargate:problem:{kind}")


def test_a_playbook_with_faults_is_refused_with_the_line_of_each(client):
    """The lines are those of the body as it was sent."""
    post(client)
    raw = '{"version": 0,\n "rules": [\n  {"rule": "a", "while": "cpu-high", "do": "explode", "why": "x"}\n]}'
    answer = client.call("PUT", "/environments/{name}/playbook", path=SANDBOX, raw=raw.encode())
    (told,) = answer[2]["faults"]
    assert faults(answer).keys() == {"/rules/0/do"}
    assert told["fault"] == "line 3: 'explode' is not known"


@pytest.mark.parametrize(
    ("query", "status"), [({"version": "x"}, 400), ({"of": "x"}, 400), ({"version": "7"}, 404)]
)
def test_a_query_for_a_playbook_is_read_with_care(client, query, status):
    """A version is a number, and of those that there are."""
    post(client)
    answer = client.call("GET", "/environments/{name}/playbook", path=SANDBOX, query=query)
    assert answer[0] == status


def test_the_switch_is_on_until_somebody_turns_it(client):
    """Off with a reason, by whom and when; on again; turning it to where it stands changes nothing."""
    assert client.call("GET", "/switch")[2]["actions"] == "on"
    off = {"actions": "off", "reason": "the provider has an incident"}
    status, _, body = client.call("PUT", "/switch", off)
    assert (status, body["actions"], body["reason"], body["actor"]) == (200, "off", off["reason"], USER)
    again = client.call("PUT", "/switch", {**off, "reason": "another"})[2]
    assert again == body == client.call("GET", "/switch")[2]
    assert client.call("PUT", "/switch", {"actions": "on"})[2]["actions"] == "on"


@pytest.mark.parametrize("body", [{"actions": "off"}, {"actions": "maybe"}, {"on": True}, "off"])
def test_the_switch_is_not_turned_by_a_slip(client, body):
    """Off needs its reason, and nothing but on and off is understood."""
    assert faults(client.call("PUT", "/switch", body))
    assert client.call("GET", "/switch")[2]["actions"] == "on"


def test_incidents_are_listed_and_one_is_shown_with_its_timeline(client):
    """And what is not there, or asked for wrongly, is a problem."""
    _, _, created = post(client)
    incident = Incident(
        APPROVAL_ID, "errors-high#litellm", ("errors-high#litellm",), Severity.CRITICAL, 1e9, 1e9
    )
    client.play.table.operations[created["id"]] = {("incidents", APPROVAL_ID): incident}
    routes = ("GET", "/environments/{name}/incidents"), ("GET", "/environments/{name}/incidents/{incident}")
    status, _, listed = client.call(*routes[0], path=SANDBOX)
    assert (status, [one["id"] for one in listed["incidents"]]) == (200, [APPROVAL_ID])
    status, _, shown = client.call(*routes[1], path={**SANDBOX, "incident": APPROVAL_ID})
    assert (status, shown["status"], shown["timeline"]) == (200, "open", [])
    missing = client.call(*routes[1], path={**SANDBOX, "incident": "rumour"})
    assert (missing[0], missing[2]["type"]) == (404, "urn:stargate:problem:unknown-incident")
    wrong = client.call(*routes[0], path=SANDBOX, query={"next": "rumour", "limit": "1"})
    assert list(faults(wrong)) == ["?next"]


def test_an_action_is_asked_for_once_by_whoever_calls(client):
    """202 with what was decided; with its key the same again asks nothing twice."""
    post(client)
    route, request = (
        "/environments/{name}/actions",
        {"action": "page", "subject": "litellm", "reason": "help"},
    )
    key = {"idempotency-key": "one"}
    first = client.call("POST", route, request, path=SANDBOX, headers=key)
    assert (first[0], first[2]["outcome"]) == (202, "taken")
    assert client.call("POST", route, request, path=SANDBOX, headers=key) == first
    assert handler.api.requested == [("sandbox", request, USER)]
    assert client.call("GET", route, path=SANDBOX)[2] == {"actions": [], "next": None}


def test_an_action_that_is_asked_for_wrongly_is_refused_with_every_fault(client):
    """And nothing is asked of anybody; neither for an environment that is not there."""
    post(client)
    route = "/environments/{name}/actions"
    wrong = client.call("POST", route, {"action": "page", "force": True}, path=SANDBOX)
    assert set(faults(wrong)) == {"/reason", "/force"}
    assert set(faults(client.call("GET", route, path=SANDBOX, query={"limit": "0", "next": "x"}))) == {
        "?limit"
    }
    assert set(faults(client.call("GET", route, path=SANDBOX, query={"next": "x"}))) == {"?next"}
    request = {"action": "page", "subject": "litellm", "reason": "help"}
    missing = client.call("POST", route, request, path={"name": "nobody"})
    assert (missing[0], handler.api.requested) == (404, [])
