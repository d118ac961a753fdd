"""`stargate approvals`, `approve` and `refuse` over HTTP, against an API played by a server of ours."""

import json

import pytest

from cli.app import main

ID = "00000000e001-1800000000000-00000000000a"
ASKED = {
    "id": ID,
    "environment": "sandbox",
    "status": "PENDING",
    "condition": "cpu-high#litellm",
    "severity": "critical",
    "action": "raise_bound",
    "subject": "litellm",
    "proposal": "raise the lower bound of litellm from 2 to 4: 2 tasks at 88 % CPU; $0.1975 an hour more",
    "target": {"minimum": 4, "maximum": 6},
    "usd_per_hour": "0.1975",
    "requested_by": "the loop",
    "requested_at": "2026-11-24T03:00:00.000Z",
    "expires_at": "2026-11-24T04:00:00.000Z",
    "approvers": ["alice"],
    "answered_by": None,
    "answered_at": None,
    "reason": None,
    "entry": "1800000000000-00000000000b",
}
GRANTED = {**ASKED, "status": "GRANTED", "answered_by": "arn:aws:iam::1:user/alice", "reason": "needed"}


def test_what_people_are_asked_is_listed_with_the_command_that_answers(api, capsys):
    """On a telephone's terminal, too: no line is longer than 80 columns."""
    api.answers("GET", "/approvals", 200, {"approvals": [ASKED], "next": None})

    assert main(["approvals"]) == 0

    shown = capsys.readouterr().out
    assert f"stargate approve {ID}" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_that_nobody_is_asked_is_said(api, capsys):
    """An empty list is no failure."""
    api.answers("GET", "/approvals", 200, {"approvals": [], "next": None})

    assert main(["approvals"]) == 0

    assert capsys.readouterr().out == "nobody is asked for anything\n"


def test_one_is_shown_with_all_that_is_known(api, capsys):
    """Also when it is over."""
    api.answers("GET", f"/approvals/{ID}", 200, GRANTED)

    assert main(["approvals", ID]) == 0

    shown = capsys.readouterr().out
    assert "granted" in shown
    assert "answered by:  arn:aws:iam::1:user/alice" in shown


def test_an_approval_is_granted_with_its_reason(api, capsys):
    """Signed, as whoever calls."""
    api.answers("POST", f"/approvals/{ID}", 200, GRANTED)

    assert main(["approve", ID, "--reason", "needed", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == GRANTED
    (asked,) = api.asked
    assert asked.document == {"answer": "grant", "reason": "needed"}
    assert asked.headers["Authorization"].startswith("AWS4-HMAC-SHA256")


def test_an_approval_is_refused_with_its_reason(api, capsys):
    """Without one it is bad input, before anything is sent."""
    api.answers("POST", f"/approvals/{ID}", 200, {**ASKED, "status": "REFUSED"})

    assert main(["refuse", ID, "--reason", "not tonight"]) == 0
    assert capsys.readouterr().out.startswith("refused: raise_bound of litellm")
    assert api.asked[0].document == {"answer": "refuse", "reason": "not tonight"}

    assert main(["refuse", ID]) == 2
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("status", "title", "detail"),
    [
        (409, "It cannot be answered any more", "bob refused it at 03:10: not tonight"),
        (403, "Somebody else has to answer", "alice asked for it: somebody else has to answer"),
        (404, "There is no such approval", "there is no approval x"),
    ],
)
def test_an_answer_that_comes_too_late_or_from_the_wrong_person_is_a_failure(
    api, capsys, status, title, detail
):
    """Exit 1, in the API's own words."""
    api.answers("POST", f"/approvals/{ID}", status, {"title": title, "detail": detail, "faults": []})

    assert main(["approve", ID]) == 1

    assert f"{title}: {detail}" in " ".join(capsys.readouterr().err.split())


def test_the_approvers_of_an_environment_are_set_and_taken_back(api):
    """By the names that IAM has for them; `none` for nobody by name."""
    api.answers("PATCH", "/environments/sandbox", 200, {"name": "sandbox", "status": "READY"})

    main(["env", "update", "sandbox", "--approver", "alice", "--approver", "bob", "--json"])
    main(["env", "update", "sandbox", "--approver", "none", "--json"])

    assert [one.document for one in api.asked] == [{"approvers": ["alice", "bob"]}, {"approvers": []}]
