"""`stargate env drift` and `stargate env repair` over HTTP, against an API played by a server of ours."""

import json

import pytest

from cli.app import main

BOUNDS = {
    "stack": "litellm",
    "resource": "ScalableTarget",
    "type": "AWS::ApplicationAutoScaling::ScalableTarget",
    "differences": [{"path": "/MaxCapacity", "declared": 6, "found": 40}],
    "repair": "bounds of litellm set to 2 to 6 tasks",
}
DATABASE = {
    "stack": "data",
    "resource": "Database",
    "type": "AWS::RDS::DBInstance",
    "differences": [{"path": "/MultiAZ", "declared": "true", "found": "false"}],
    "unrepaired": "it may interrupt the gateway",
}
MEANT = {**BOUNDS, "purpose": "held until 2026-11-28T21:00:00.000Z, for cpu-high#litellm"}
PUT_BACK = {
    "fingerprint": "f",
    "address": "litellm/ScalableTarget",
    "what": "bounds of litellm set to 2 to 6 tasks",
    "at": "2026-11-28T20:01:00.000Z",
    "reached": True,
}


def report(status="in sync", **more):
    return {
        "environment": "blue",
        "status": status,
        "began_at": "2026-11-28T20:00:00.000Z",
        "ended_at": "2026-11-28T20:00:40.000Z",
        "asked_by": "ann",
        "waits_for": [],
        "unfinished": "",
        "differs": [],
        "on_purpose": [],
        "unchecked": {},
        "repaired": [],
        **more,
    }


EXAMINING = report("examining", ended_at=None, waits_for=["data", "edge"])


def test_what_was_found_last_is_told(api, capsys):
    """With both values, what puts it back, what is meant, what could not be looked at; and exit 1."""
    found = report(
        "drifted", differs=[BOUNDS, DATABASE], on_purpose=[MEANT], unchecked={"edge": "Throttling"}
    )
    api.answers("GET", "/environments/blue/drift", 200, found)

    assert main(["env", "drift", "blue"]) == 1

    said = capsys.readouterr()
    for words in ("litellm/ScalableTarget", "/MaxCapacity", "40", "bounds of litellm set to 2 to 6 tasks"):
        assert words in said.out
    assert "meant: litellm/ScalableTarget, held until" in said.out
    assert "not compared: edge, Throttling" in said.out
    assert "stargate env repair blue" in said.out
    assert "2 of blue are other than declared" in said.err


def test_in_sync_is_exit_0(api, capsys):
    """And says nothing to do."""
    api.answers("GET", "/environments/blue/drift", 200, report())

    assert main(["env", "drift", "blue"]) == 0

    assert "next:" not in capsys.readouterr().out


def test_never_examined_says_how(api, capsys):
    """It is not the same as in sync."""
    never = {"environment": "blue", "status": "never examined", "unfinished": ""}
    listed = {"differs": [], "on_purpose": [], "unchecked": {}, "repaired": []}
    api.answers("GET", "/environments/blue/drift", 200, never | listed)

    assert main(["env", "drift", "blue"]) == 0

    assert "stargate env drift blue --now" in capsys.readouterr().out


def test_examined_now_waits_for_the_end(api, capsys):
    """What CloudFormation still looks at is told on the way, once."""
    api.answers("POST", "/environments/blue/drift", 202, EXAMINING)
    for _ in range(3):
        api.answers("GET", "/environments/blue/drift", 200, EXAMINING)
    api.answers("GET", "/environments/blue/drift", 200, report("drifted", differs=[DATABASE]))

    assert main(["env", "drift", "blue", "--now", "--every", "0"]) == 1

    said = capsys.readouterr().out
    assert said.count("examining data, edge") == 1
    assert "stargate env update blue --set" in said
    assert api.asked[0].headers["Idempotency-Key"]


@pytest.mark.parametrize(
    ("arguments", "order"),
    [([], {}), (["--only", "litellm/ScalableTarget"], {"only": ["litellm/ScalableTarget"]})],
)
def test_a_repair_is_waited_for_and_told(api, capsys, arguments, order):
    """All, or what is named; what was put back is told with whether it was seen to be."""
    api.answers("POST", "/environments/blue/repair", 202, EXAMINING)
    api.answers("GET", "/environments/blue/drift", 200, EXAMINING)
    api.answers("GET", "/environments/blue/drift", 200, report("repairing", differs=[BOUNDS]))
    api.answers("GET", "/environments/blue/drift", 200, report(repaired=[PUT_BACK]))

    assert main(["env", "repair", "blue", "--every", "0", *arguments]) == 0

    assert api.asked[0].document == order
    said = capsys.readouterr().out
    assert "repairing" in said
    assert "bounds of litellm set to 2 to 6 tasks (as declared again)" in said


def test_an_examination_that_died_is_no_answer(api, capsys):
    """Exit 1 with why."""
    died = report("not finished", unfinished="no right to ListSecrets")
    api.answers("GET", "/environments/blue/drift", 200, died)

    assert main(["env", "drift", "blue"]) == 1

    assert "no right to ListSecrets" in capsys.readouterr().err


def test_what_cannot_be_put_back_is_bad_input(api, capsys):
    """With everything that could be, as the API told it."""
    fault = {
        "path": "/only/0",
        "fault": "'data/Database' is nothing that could be put back",
        "allowed": "one of",
    }
    api.answers("POST", "/environments/blue/repair", 400, {"title": "faults", "faults": [fault]})

    assert main(["env", "repair", "blue", "--only", "data/Database"]) == 2

    assert "nothing that could be put back" in capsys.readouterr().err


def test_for_a_program_the_report_alone_is_told(api, capsys):
    """Standard output bears nothing else."""
    api.answers("POST", "/environments/blue/drift", 202, EXAMINING)
    api.answers("GET", "/environments/blue/drift", 200, EXAMINING)
    api.answers("GET", "/environments/blue/drift", 200, report())

    assert main(["env", "drift", "blue", "--now", "--every", "0", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["status"] == "in sync"
