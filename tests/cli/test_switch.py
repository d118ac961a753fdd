"""`stargate switch` over HTTP, against an API played by a server of ours."""

import json

from cli.app import main

OFF = {"actions": "off", "reason": "database migration", "actor": "ann", "at": "2026-11-24T03:00:00Z"}


def test_the_switch_is_read(api, capsys):
    """Without an argument the switch is read and nothing is sent."""
    api.answers("GET", "/switch", 200, OFF)

    assert main(["switch"]) == 0

    assert "actions are off" in capsys.readouterr().out
    assert [(one.method, one.path) for one in api.asked] == [("GET", "/switch")]


def test_the_switch_is_turned_with_its_reason(api, capsys):
    """`switch off --reason …` sends both, signed, and prints the state that the API answered."""
    api.answers("PUT", "/switch", 200, OFF)

    assert main(["switch", "off", "--reason", "database migration", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == OFF
    (asked,) = api.asked
    assert asked.document == {"actions": "off", "reason": "database migration"}
    assert asked.headers["Authorization"].startswith("AWS4-HMAC-SHA256")


def test_faults_that_the_api_finds_are_bad_input(api, capsys):
    """A 400 exits 2 and every fault of the answer is told."""
    fault = {"path": "/reason", "fault": "is missing", "allowed": "why every action is held"}
    api.answers("PUT", "/switch", 400, {"title": "The request is invalid", "faults": [fault]})

    assert main(["switch", "off"]) == 2

    assert "/reason: is missing; why every action is held" in capsys.readouterr().err


def test_a_refusal_of_the_api_is_a_failure(api, capsys):
    """Any other refusal exits 1 with the API's own words."""
    api.answers("GET", "/switch", 403, {"message": "User is not authorized to access this resource"})

    assert main(["switch"]) == 1

    assert "not authorized" in capsys.readouterr().err


def test_an_api_that_is_not_there_is_a_failure(api, monkeypatch, capsys):
    """A connection refused exits 1 and says that the API does not answer."""
    monkeypatch.setenv("STARGATE_API", "http://127.0.0.1:9")

    assert main(["switch"]) == 1

    assert "does not answer" in capsys.readouterr().err
