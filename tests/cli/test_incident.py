"""`stargate incidents` over HTTP, against an API played by a server of ours."""

import json

from cli.app import main

ID = "1800000000000-00000000000a"
ENDED = {
    "id": ID,
    "status": "ended",
    "severity": "critical",
    "cause": "database-failover#database",
    "conditions": ["errors-high#litellm", "database-failover#database", "keys-refused#litellm"],
    "opened_at": "2026-11-24T03:00:00.000Z",
    "detected_at": "2026-11-24T03:00:02.000Z",
    "recovered_at": "2026-11-24T03:09:00.000Z",
    "ended_at": "2026-11-24T03:19:00.000Z",
    "summary": {
        "cause": "database-failover#database",
        "signals": 5,
        "decisions": 4,
        "approvals": [],
        "actions": [
            {
                "entry": "1800000000000-00000000000b",
                "action": "restart_service",
                "subject": "litellm",
                "at": "2026-11-24T03:04:00.000Z",
                "was": None,
                "target": {"deployment": "ecs-svc/1234567890123456789"},
                "outcome": "reached",
                "measured": {"keys_refused": 0},
                "seconds": 95.0,
            }
        ],
        "seconds": {"to_detect": 2.0, "to_act": 240.0, "to_recover": 540.0},
    },
}
OPEN = {**ENDED, "status": "open", "recovered_at": None, "ended_at": None, "summary": None}
ENTRY = {
    "entry": "1800000000000-00000000000c",
    "at": "2026-11-24T03:00:00.000Z",
    "seconds": 0.0,
    "kind": "signal",
    "subject": "litellm",
    "summary": "errors-high of litellm: opened: critical, by stargate-sandbox-litellm-errors-critical " * 2,
    "actor": "receive_signal",
    "cause": "event-1",
}


def test_incidents_are_listed_the_newest_first_with_how_to_look_on(api, capsys):
    """What goes on has no numbers yet; no line is longer than 80 columns."""
    api.answers("GET", "/environments/sandbox/incidents", 200, {"incidents": [OPEN, ENDED], "next": None})

    assert main(["incidents", "sandbox"]) == 0

    shown = capsys.readouterr().out
    assert "2026-11-24 03:00:00Z  database-failover#database and 2 more" in shown
    assert "critical, goes on" in shown
    assert "critical, well after 9 min, 1 actions" in shown
    assert f"stargate incidents sandbox {ID}" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_that_there_was_none_is_said(api, capsys):
    """An empty list is no failure."""
    api.answers("GET", "/environments/sandbox/incidents", 200, {"incidents": [], "next": None})

    assert main(["incidents", "sandbox"]) == 0

    assert capsys.readouterr().out == "sandbox has had no incident\n"


def test_one_is_told_as_a_story_with_its_numbers(api, capsys):
    """Cause, times, actions with their effect, timeline; all of it within 80 columns, and nothing cut."""
    path = f"/environments/sandbox/incidents/{ID}"
    api.answers(
        "GET", path, 200, {**ENDED, "timeline": [ENTRY, {**ENTRY, "seconds": 95.0, "kind": "verification"}]}
    )

    assert main(["incidents", "sandbox", ID]) == 0

    shown = capsys.readouterr().out
    assert "database-failover#database, critical, ended" in shown
    assert "known after 2 s, acted on after 4 min, well after 9 min" in shown
    assert "restart_service of litellm: reached in 1 min 35 s" in shown
    assert "now keys_refused 0" in shown
    assert "1 min 35 s  verification" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown


def test_incidents_are_given_to_programs_as_json(api, capsys):
    """As the API answered."""
    api.answers("GET", "/environments/sandbox/incidents", 200, {"incidents": [ENDED], "next": None})

    assert main(["incidents", "sandbox", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == [ENDED]


def test_an_incident_that_is_not_there_is_a_failure(api, capsys):
    """Exit 1, in the API's own words."""
    problem = {"title": "There is no such incident", "detail": "sandbox has no incident x", "faults": []}
    api.answers("GET", "/environments/sandbox/incidents/x", 404, problem)

    assert main(["incidents", "sandbox", "x"]) == 1

    assert "sandbox has no incident x" in capsys.readouterr().err
