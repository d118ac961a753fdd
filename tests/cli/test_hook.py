"""`stargate hook …` over HTTP, against an API played by a server of ours."""

import json

from cli.app import main

HOOK = {
    "id": "sandbox.us-east-1.0123456789ab",
    "environment": "sandbox",
    "note": "Grafana",
    "path": "/hooks/sandbox.us-east-1.0123456789ab",
    "secret": {"name": "stargate-sandbox/hook-0123456789ab", "region": "us-east-1"},
    "made_at": None,
}


def test_a_hook_is_made_and_one_reads_how_to_get_its_secret(api, capsys):
    """The command that prints the secret is AWS's own, with the rights of whoever runs it."""
    api.answers("POST", "/hooks", 201, HOOK)
    assert main(["hook", "create", "sandbox", "--note", "Grafana"]) == 0
    printed = capsys.readouterr().out
    assert "post to /hooks/sandbox.us-east-1.0123456789ab" in printed
    assert "get-secret-value --secret-id stargate-sandbox/hook-0123456789ab --region us-east-1" in printed
    (asked,) = api.asked
    assert asked.document == {"environment": "sandbox", "note": "Grafana"}
    assert asked.headers["Idempotency-Key"]


def test_hooks_are_listed_page_by_page(api, capsys):
    """Of all environments, or of the one that is named."""
    api.answers("GET", "/hooks", 200, {"hooks": [HOOK], "next": "more"})
    api.answers("GET", "/hooks", 200, {"hooks": [], "next": None})
    assert main(["hook", "list", "sandbox", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [HOOK]
    assert [one.query.get("environment") for one in api.asked] == ["sandbox", "sandbox"]


def test_no_hooks_are_said_to_be_none(api, capsys):
    """No empty table."""
    api.answers("GET", "/hooks", 200, {"hooks": [], "next": None})
    assert main(["hook", "list"]) == 0
    assert "there are no hooks" in capsys.readouterr().out


def test_a_hook_is_removed(api, capsys):
    """And one that is not there is a failure."""
    path = f"/hooks/{HOOK['id']}"
    api.answers("DELETE", path, 200, {"id": HOOK["id"], "removed": True})
    api.answers("DELETE", path, 404, {"title": "There is no such hook", "detail": "none", "faults": []})
    assert main(["hook", "delete", HOOK["id"]]) == 0
    assert "is removed" in capsys.readouterr().out
    assert main(["hook", "delete", HOOK["id"]]) == 1
    assert "There is no such hook" in capsys.readouterr().err
