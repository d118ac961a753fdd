"""The API: environments are asked for, listed, changed and removed."""

from __future__ import annotations

from stargate.domain.environment import Status
from stargate.domain.gateway.graph import PLAIN
from stargate.domain.moments import told
from tests.unit.api.api_play import (
    faults,
    post,
)
from tests.unit.play import REQUEST


def test_asking_for_an_environment_is_accepted(client):
    """202, the whole document, and one workflow."""
    status, _, body = post(client)
    assert status == 202
    assert (body["name"], body["status"], body["region"]) == ("sandbox", "PROVISIONING", "us-east-1")
    assert body["progress"] == 0.0
    assert [stack["name"] for stack in body["stacks"]] == list(PLAIN.names)
    assert [start[1] for start in client.play.workflows.started] == [f"{body['id']}-1"]


def test_the_same_again_while_it_runs_is_the_same_environment(client):
    """No second workflow, with or without a key."""
    first, second = post(client)[2], post(client)[2]
    assert first["id"] == second["id"]
    assert len(client.play.workflows.started) == 1


def test_the_same_again_when_it_is_ready_is_200(client):
    """There is nothing to accept any more."""
    body = post(client)[2]
    client.play.settle(body["id"], 1, Status.READY)
    assert post(client)[0] == 200
    assert len(client.play.workflows.started) == 1


def test_after_a_failure_the_same_again_resumes(client):
    """A new attempt of the same environment."""
    body = post(client)[2]
    client.play.settle(body["id"], 1, Status.FAILED, "StackFailedError", '{"stack": "data", "reason": "no"}')
    status, _, resumed = post(client)
    assert (status, resumed["id"], resumed["attempt"]) == (202, body["id"], 2)
    assert [start[1] for start in client.play.workflows.started] == [f"{body['id']}-1", f"{body['id']}-2"]


def test_a_name_that_lives_cannot_be_had_with_another_specification(client):
    """409, and nothing changes."""
    post(client)
    status, _, body = post(client, {**REQUEST, "overrides": {"grafana": {"tasks": 3}}})
    assert (status, body["type"]) == (409, "urn:stargate:problem:name-taken")


def test_environments_are_listed_in_pages(client):
    """Every one once, and the last page has no next."""
    for name in ("one", "two", "three"):
        post(client, {"name": name, "preset": "sandbox"})
    seen, after = [], None
    while True:
        query = {"limit": "2", **({"next": after} if after else {})}
        _, _, body = client.call("GET", "/environments", query=query)
        seen += [environment["name"] for environment in body["environments"]]
        after = body["next"]
        if after is None:
            break
    assert sorted(seen) == ["one", "three", "two"]


def test_the_ledger_begins_with_who_asked(client):
    """The caller's ARN is the actor."""
    post(client)
    path = {"name": "sandbox"}
    _, _, body = client.call("GET", "/environments/{name}/ledger", path=path, query={"kind": "decision"})
    (entry,) = body["entries"]
    assert entry["summary"] == "sandbox asked for, preset sandbox"
    assert entry["environment"] == "sandbox"
    answer = client.call(
        "GET", "/environments/{name}/ledger", path=path, query={"kind": "rumour", "since": "x"}
    )
    assert sorted(faults(answer)) == ["?kind", "?since"]


def unprotected(client):
    """An environment that may be removed."""
    made = post(client)[2]
    path = {"name": "sandbox"}
    assert client.call("PATCH", "/environments/{name}", {"deletion_protection": False}, path=path)[0] == 200
    return made


def test_what_is_protected_is_not_removed_and_the_way_out_is_told(client):
    """409 with the PATCH that lifts the protection; nothing changed, no workflow started."""
    post(client)
    path = {"name": "sandbox"}
    status, _, problem = client.call("DELETE", "/environments/{name}", path=path)
    assert (status, problem["type"]) == (409, "urn:stargate:problem:environment-protected")
    assert 'PATCH /environments/sandbox {"deletion_protection": false}' in problem["detail"]
    assert client.call("GET", "/environments/{name}", path=path)[2]["status"] == "PROVISIONING"
    assert [start[0] for start in client.play.workflows.started] == ["provision"]


def test_what_shall_outlive_it_is_asked_for_with_the_removal(client):
    """Both are kept unless the same request says no; other words are faults."""
    unprotected(client)
    path, wishes = {"name": "sandbox"}, {"final_snapshot": "maybe", "backups": "no"}
    answer = client.call("DELETE", "/environments/{name}", path=path, query=wishes)
    assert faults(answer) == {
        "?backups": "one of final_snapshot, secrets_recovery",
        "?final_snapshot": "yes or no",
    }
    client.call("DELETE", "/environments/{name}", path=path, query={"final_snapshot": "no"})
    farewell = client.play.environments.by_name("sandbox").farewell
    assert (farewell.final_snapshot, farewell.secrets_recovery) == (False, True)


def test_a_time_to_live_ends_by_itself_and_needs_no_protection(client):
    """Asked for at the creation it leaves protection off; the two exclude each other ever after."""
    _, _, body = post(client, {**REQUEST, "ttl": 3600})
    assert body["deletion_protection"] is False
    assert body["ends_at"] == told(client.play.clock.now() + 3600)
    path = {"name": "sandbox"}
    answer = client.call("PATCH", "/environments/{name}", {"deletion_protection": True}, path=path)
    assert list(faults(answer)) == ["/deletion_protection"]
    both = {"deletion_protection": True, "ttl": None}
    _, _, body = client.call("PATCH", "/environments/{name}", both, path=path)
    assert (body["deletion_protection"], body["ends_at"]) == (True, None)


def test_deleting_twice_is_the_same_as_once(client):
    """202 both times, one workflow, the same attempt."""
    unprotected(client)
    path = {"name": "sandbox"}
    first = client.call("DELETE", "/environments/{name}", path=path)
    second = client.call("DELETE", "/environments/{name}", path=path)
    assert (first[0], first[2]["status"], first[2]["attempt"]) == (202, "RETIRING", 2)
    assert second[2]["attempt"] == 2
    assert [start[0] for start in client.play.workflows.started] == ["provision", "retire"]


def test_a_name_can_be_had_again_once_its_holder_is_retired(client):
    """A new environment with an id of its own; while it is being removed the name is busy."""
    first = unprotected(client)
    client.call("DELETE", "/environments/{name}", path={"name": "sandbox"})
    assert post(client)[2]["type"] == "urn:stargate:problem:environment-busy"
    client.play.settle(first["id"], 2, Status.RETIRED)
    status, _, second = post(client)
    assert status == 202
    assert second["id"] != first["id"]
