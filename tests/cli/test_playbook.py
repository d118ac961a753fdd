"""`stargate playbook`: files and the API, against an API played by a server of ours."""

import json

import pytest

from cli.app import main
from stargate.domain.playbook.default import DEFAULT, IDENTITY, WRITTEN

RULE = {"rule": "quiet", "while": "cpu-high", "why": "we look at it ourselves"}
SHOWN = {
    "environment": "sandbox",
    "version": 3,
    "follows": "own",
    "note": "older",
    "actor": "ann",
    "at": "2026-11-24T03:00:00Z",
    "made_from": "an older default",
    "default": IDENTITY,
    "rules": [RULE],
    "versions": [{"version": 3}],
}
PATH = "/environments/sandbox/playbook"


def signal(number, kind, turn, severity="critical", subject="litellm"):
    return {
        "id": f"e{number}",
        "at": f"2026-11-24T03:{number:02d}:00Z",
        "environment": "sandbox",
        "kind": "signal",
        "subject": subject,
        "detail": {"kind": kind, "severity": severity, "turn": turn, "source": "an alarm"},
    }


SIGNALS = [signal(1, "cpu-high", "opens"), signal(2, "cpu-high", "closes"), {"kind": "decision"}]


@pytest.fixture
def written(tmp_path):
    def write(document, name="playbook.json"):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document, indent=1))
        return str(path)

    return write


def test_the_default_is_shown_without_a_cloud_and_can_be_checked_as_it_is_printed(written, capsys):
    """What --json prints is the file itself."""
    assert main(["playbook", "show", "--json"]) == 0
    printed = capsys.readouterr().out
    assert printed == WRITTEN
    assert main(["playbook", "check", written(printed), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rules": len(DEFAULT) - 2, "conditions_without_a_rule": []}


def test_a_person_reads_each_rule_with_when_what_and_why(capsys):
    """In words."""
    assert main(["playbook", "show"]) == 0
    said = capsys.readouterr().out
    assert "while cpu-high of litellm is critical" in said
    assert "raise_bound up to 3 times" in said


def test_an_environments_own_is_shown_with_what_has_become_of_the_default(api, capsys):
    """Or another version of it."""
    api.answers("GET", PATH, 200, SHOWN)
    assert main(["playbook", "show", "sandbox"]) == 0
    said = capsys.readouterr().out
    assert "version 3 of its own playbook by ann" in said
    assert "another default by now" in said
    assert main(["playbook", "show", "sandbox", "--version", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rules"] == [RULE]
    assert api.asked[-1].query == {"version": "2"}


def test_every_fault_of_a_file_is_told_with_its_line(written, capsys):
    """Exit 2, and nothing is asked of anybody."""
    text = '{"rules": [\n  {"rule": "a", "while": "cpu",\n   "do": "explode"}\n]}'
    assert main(["playbook", "check", written(text)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "/rules/0/while: line 2: 'cpu' is not known; one of *, alarm" in said
    assert "/rules/0/do: line 3: 'explode' is not known" in said
    assert "/rules/0/why: line 2: is missing" in said
    assert main(["playbook", "check", "/nowhere/playbook.json"]) == 2


def test_what_a_check_finds_besides_is_told(written, capsys):
    """Conditions that no rule is about are recorded only."""
    assert main(["playbook", "check", written({"rules": [RULE]})]) == 0
    said = capsys.readouterr().out
    assert "1 rules, without a fault" in said
    assert "database-failover" in said


@pytest.mark.parametrize(
    ("document", "arguments", "sent"),
    [
        (SHOWN, [], {"version": 3, "rules": [RULE], "follows": "own"}),
        ({"rules": [RULE], "note": "mine"}, [], {"version": 7, "rules": [RULE], "note": "mine"}),
        ({"rules": [RULE]}, ["--version", "5"], {"version": 5, "rules": [RULE]}),
        ({"rules": [RULE]}, ["--note", "why"], {"version": 7, "rules": [RULE], "note": "why"}),
    ],
)
def test_a_playbook_is_put_in_force_from_the_version_that_it_was_made_from(
    api, written, capsys, document, arguments, sent
):
    """That of the file, the one that is given, or the one in force."""
    api.answers("GET", PATH, 200, {**SHOWN, "version": 7})
    api.answers("PUT", PATH, 200, {**SHOWN, "version": 8})
    assert main(["playbook", "set", "sandbox", written(document), *arguments]) == 0
    assert "version 8" in capsys.readouterr().out
    assert api.asked[-1].document == sent


def test_the_default_can_be_followed_again(api, capsys):
    """Without a file; one or the other is needed."""
    api.answers("GET", PATH, 200, SHOWN)
    api.answers("PUT", PATH, 200, {**SHOWN, "version": 4, "follows": "default"})
    assert main(["playbook", "set", "sandbox", "--default"]) == 0
    assert "follows the default" in capsys.readouterr().out
    assert api.asked[-1].document == {"version": 3, "follows": "default"}
    assert main(["playbook", "set", "sandbox"]) == 2


def test_a_playbook_with_faults_is_not_sent(api, written):
    """And one that is outdated is refused by the API."""
    assert main(["playbook", "set", "sandbox", written({"rules": []})]) == 2
    assert api.asked == []
    api.answers("PUT", PATH, 409, {"title": "Another playbook is in force by now", "detail": "version 4"})
    assert main(["playbook", "set", "sandbox", written(SHOWN)]) == 1


def test_recorded_signals_are_replayed_against_a_changed_playbook(api, written, capsys):
    """Those of the ledger, against the one in force."""
    api.answers("GET", PATH, 200, SHOWN)
    api.answers("GET", "/environments/sandbox/ledger", 200, {"entries": SIGNALS, "next": None})
    changed = {**RULE, "do": "restart_service", "severity": "critical"}
    arguments = ["playbook", "test", "sandbox", written({"rules": [changed]})]
    assert main([*arguments, "--since", "2026-11-24T00:00:00Z", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["signals"], found["decisions"], len(found["differences"])) == (2, 2, 1)
    assert found["differences"][0]["after"]["do"] == "restart_service"
    assert api.asked[-1].query["kind"] == "signal"
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "2 signals led to 2 decisions: 1 would differ" in said
    assert "before  do nothing" in said


def test_signals_of_a_file_are_replayed_without_a_cloud(written, capsys):
    """Against the default, or another file."""
    signals, changed = written(SIGNALS, "signals.json"), written({"rules": [RULE]})
    assert main(["playbook", "test", changed, "--signals", signals, "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["differences"]
    assert (one["before"]["rule"], one["after"]["rule"]) == ("litellm-cpu-critical", "quiet")
    assert main(["playbook", "test", changed, "--signals", signals, "--against", changed]) == 0
    assert "none would differ" in capsys.readouterr().out


@pytest.mark.parametrize("signals", ["[]", "{", '{"entries": []}', "[7]"])
def test_a_file_without_signals_is_bad_input(written, signals):
    """Nothing would be compared, and nobody told."""
    path = written(signals, "signals.json")
    assert main(["playbook", "test", written({"rules": [RULE]}), "--signals", path]) == 2


@pytest.mark.parametrize("arguments", [[], ["a", "b", "c"]])
def test_it_must_be_clear_whose_signals_are_meant(written, arguments):
    """A file alone says nothing of that."""
    assert main(["playbook", "test", *(arguments or [written({"rules": [RULE]})])]) == 2
