"""`stargate redrive` over HTTP, against an API played by a server of ours."""

import json

from cli.app import main

LETTER = {
    "id": "m-1",
    "at": "2026-11-24T03:00:00.000Z",
    "function": "receive-signal",
    "about": "aws.rds RDS DB Instance Event e-1",
    "reason": "UnreadableRowError: env#1",
}


def lying(outcome, **more):
    return {"letters": [{**LETTER, "outcome": outcome, **more}], "more": False}


def test_what_lies_there_is_shown_and_nothing_is_sent(api, capsys):
    """For whom, about what, and why it was given up."""
    api.answers("GET", "/redrive", 200, lying("shown"))
    assert main(["redrive", "--show"]) == 0
    printed = capsys.readouterr().out
    assert all(LETTER[name] in printed for name in ("id", "function", "about", "reason"))
    assert [one.method for one in api.asked] == ["GET"]


def test_letters_are_brought_back(api, capsys):
    """All of them, or those that are named; with a key, so that a lost answer can be asked for again."""
    api.answers("POST", "/redrive", 200, lying("brought back"))
    assert main(["redrive"]) == 0
    assert main(["redrive", "m-1", "m-2", "--discard", "--json"]) == 0
    assert [one.document for one in api.asked] == [{}, {"letters": ["m-1", "m-2"], "discard": True}]
    assert all(one.headers["Idempotency-Key"] for one in api.asked)
    assert "brought back" in capsys.readouterr().out


def test_one_that_had_to_be_kept_is_a_failure_that_says_why(api, capsys):
    """Exit 1, also where it is not there any more."""
    api.answers("POST", "/redrive", 200, lying("kept", why="it is for no function"))
    api.answers("POST", "/redrive", 200, {"letters": [{"id": "m-1", "outcome": "not there"}], "more": False})
    assert main(["redrive"]) == 1
    assert "it is for no function" in capsys.readouterr().err
    assert main(["redrive", "m-1"]) == 1
    assert "not there: m-1" in capsys.readouterr().out


def test_an_empty_queue_is_said_to_be_empty(api, capsys):
    """And that there may be more, where there may be."""
    api.answers("POST", "/redrive", 200, {"letters": [], "more": False})
    api.answers("POST", "/redrive", 200, {**lying("brought back"), "more": True})
    assert main(["redrive"]) == 0
    assert "there are no dead letters" in capsys.readouterr().out
    assert main(["redrive"]) == 0
    assert "there may be more" in capsys.readouterr().out


def test_to_show_and_to_throw_away_at_once_is_bad_input(api, capsys):
    """Exit 2, and nothing is asked."""
    assert main(["redrive", "m-1", "--show", "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["faults"][0]["path"] == "--show"
    assert api.asked == []
