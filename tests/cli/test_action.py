"""`stargate act` and `actions` over HTTP, against an API played by a server of ours."""

import json

from cli.app import main

ACTING = {
    "outcome": "taken",
    "reason": "opened: warning, by alice",
    "condition": "asked:raise_bound#litellm",
    "asked_by": "arn:aws:iam::1:user/alice",
    "until": "2026-11-24T10:00:00.000Z",
    "decision": {
        "verdict": "act",
        "guard": None,
        "reason": "alice asked for it: a launch: raise the lower bound from 2 to 4: 4 are asked for",
        "lifts_at": None,
        "entry": "1800000000000-00000000000a",
    },
    "action": "1800000000000-00000000000a",
    "approval": None,
}
WAITING = {
    **ACTING,
    "decision": {**ACTING["decision"], "verdict": "hold", "guard": "approval"},
    "action": None,
    "approval": "00000000e001-1800000000000-00000000000b",
}
DONE = {
    "id": "1800000000000-00000000000a",
    "action": "raise_bound",
    "subject": "litellm",
    "status": "REACHED",
    "condition": "asked:raise_bound#litellm",
    "rule": "asked for",
    "target": {"minimum": 4, "maximum": 6},
    "requested_at": "2026-11-24T09:00:00.000Z",
    "performed_at": "2026-11-24T09:00:01.000Z",
    "settled_at": "2026-11-24T09:02:00.000Z",
    "outcome": "running_tasks is 4",
}


def test_an_action_is_asked_for_with_all_that_it_takes(api, capsys):
    """Numbers are numbers, and what has commas is several."""
    api.answers("POST", "/environments/sandbox/actions", 202, ACTING)

    said = ["act", "sandbox", "raise_bound", "litellm", "--reason", "a launch", "--minutes", "90"]
    assert main([*said, "--with", "minimum=4", "--with", "zones=a,b", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == ACTING
    assert api.asked[0].document == {
        "action": "raise_bound",
        "subject": "litellm",
        "reason": "a launch",
        "minutes": 90,
        "with": {"minimum": 4, "zones": ["a", "b"]},
    }


def test_what_is_decided_is_said_at_once(api, capsys):
    """With the way to what comes of it."""
    api.answers("POST", "/environments/sandbox/actions", 202, ACTING)

    assert main(["act", "sandbox", "fail_over_database", "--reason", "a launch"]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith("it is being done: alice asked for it")
    assert "stargate actions sandbox" in shown
    assert "subject" not in api.asked[0].document


def test_what_somebody_else_has_to_agree_to_says_how(api, capsys):
    """The id is there to be sent to them."""
    api.answers("POST", "/environments/sandbox/actions", 202, WAITING)

    assert main(["act", "sandbox", "restart_service", "litellm", "--reason", "x"]) == 0

    shown = capsys.readouterr().out
    assert f"stargate approve {WAITING['approval']}" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_what_is_no_pair_is_bad_input_and_nothing_is_sent(api, capsys):
    """Before the API is asked."""
    assert main(["act", "sandbox", "raise_bound", "litellm", "--reason", "x", "--with", "four"]) == 2

    assert "--with four is not name=value" in capsys.readouterr().err
    assert api.asked == []


def test_the_actions_of_the_last_day_are_listed(api, capsys):
    """Whoever asked for them."""
    api.answers("GET", "/environments/sandbox/actions", 200, {"actions": [DONE], "next": None})

    assert main(["actions", "sandbox"]) == 0

    shown = capsys.readouterr().out
    assert "2026-11-24 09:00:00Z  raise_bound of litellm reached" in shown
    assert "running_tasks is 4" in shown
    assert max(map(len, shown.splitlines())) <= 80
