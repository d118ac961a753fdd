"""The API: drills are asked for, shown, stopped and set by calendar."""

from __future__ import annotations

from tests.unit.api.api_play import (
    USER,
    faults,
    post,
    ready,
)

DRILLS, ONE = "/environments/{name}/drills", "/environments/{name}/drills/{drill}"


def test_a_drill_is_asked_for_shown_and_stopped(client):
    """202 with its document; a stop is told to it, and one of a drill that is over is refused."""
    ready(client)
    path = {"name": "sandbox"}
    status, _, drill = client.call("POST", DRILLS, {"kind": "litellm-task"}, path=path)
    assert (status, drill["status"], drill["trigger"]) == (202, "REQUESTED", "request")
    path = {**path, "drill": drill["id"]}
    assert client.call("GET", ONE, path=path)[2]["probes"] == []
    status, _, stopped = client.call("POST", f"{ONE}/stop", {"reason": "release"}, path=path)
    assert (status, stopped["stop_reason"]) == (202, f"stopped by {USER}: release")
    assert client.call("POST", f"{ONE}/stop", path={**path, "drill": "nobody"})[0] == 404


def test_a_drill_that_cannot_begin_is_refused_with_every_reason(client):
    """The environment is still being made."""
    post(client)
    status, _, body = client.call("POST", DRILLS, {"kind": "database-failover"}, path={"name": "sandbox"})
    assert status == 409
    assert [fault["path"] for fault in body["faults"]] == ["status"]


def test_an_environments_status_tells_what_was_proven(client):
    """Nothing yet."""
    ready(client)
    body = client.call("GET", "/environments/{name}", path={"name": "sandbox"})[2]
    assert body["recovery"] == {"last_proven_days_ago": None, "kinds": {}}
    assert body["drills"] is None


def test_how_an_environment_is_drilled_is_changed_by_patch(client):
    """Kinds by calendar, within a window of its own; what cannot be meant is a fault."""
    post(client)
    path, route = {"name": "sandbox"}, "/environments/{name}"
    window = {"days": ["tue"], "from": "09:00", "until": "16:00", "time_zone": "Europe/Berlin"}
    policy = {"window": window, "every_days": {"litellm-task": 7}, "after_change": True}
    body = client.call("PATCH", route, {"drills": policy}, path=path)[2]
    assert body["drills"]["every_days"] == {"litellm-task": 7}
    assert body["drills"]["apart_minutes"] == 60
    wrong = {"window": {**window, "until": "08:00"}, "every_days": {"litellm-task": 7}}
    assert "/drills/window/until" in faults(client.call("PATCH", route, {"drills": wrong}, path=path))
    assert "/drills/every_days/meteorite" in faults(
        client.call("PATCH", route, {"drills": {"every_days": {"meteorite": 1}}}, path=path)
    )
    assert client.call("PATCH", route, {"drills": None}, path=path)[2]["drills"] is None
