"""The command itself: how it refuses, and what it prints for programs."""

import json
import re
import shlex
from pathlib import Path

import pytest

from cli.app import main

README = Path(__file__).resolve().parents[2] / "README.md"


def test_without_an_api_it_says_where_one_may_come_from(tmp_path, monkeypatch, capsys):
    """With no API named and no local cloud near, the command is bad input and names both ways out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STARGATE_API", raising=False)

    assert main(["switch"]) == 2

    told = " ".join(capsys.readouterr().err.split())
    assert "STARGATE_API" in told
    assert "make up" in told


@pytest.mark.parametrize("text", ["", "[]", '{"api": "http://127.0.0.1:4566"}'])
def test_a_damaged_description_of_the_local_cloud_is_bad_input(text, tmp_path, monkeypatch, capsys):
    """Cut off or edited by hand: the message says which file and what writes it."""
    description = tmp_path / ".stargate" / "local.json"
    description.parent.mkdir()
    description.write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STARGATE_API", raising=False)
    assert main(["env", "list"]) == 2
    told = capsys.readouterr().err
    assert "local.json is damaged" in told.replace("\n", "")
    assert "make up" in told


def test_for_programs_a_refusal_is_a_problem_document(tmp_path, monkeypatch, capsys):
    """With --json a refusal is JSON on standard error, and standard output stays empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STARGATE_API", raising=False)

    assert main(["switch", "--json"]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert "no API" in json.loads(said.err)["title"]


@pytest.mark.parametrize("api", ["nonsense", "ftp://api", "https://"])
def test_what_is_no_address_of_an_api_is_bad_input(api, capsys):
    """It says where the right one stands."""
    assert main(["switch", "--api", api, "--api-region", "us-east-1"]) == 2
    assert "ApiUrl" in capsys.readouterr().err


def test_who_is_not_signed_in_is_told_so(tmp_path, monkeypatch, capsys):
    """In the words of AWS's library, with what to do about it."""
    (tmp_path / "config").write_text(
        "[profile away]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = none\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for profile in ("away", "nobody"):
        monkeypatch.setenv("AWS_PROFILE", profile)
        assert main(["switch", "--api", "https://a.execute-api.us-east-1.amazonaws.com/v1"]) == 1
        told = " ".join(capsys.readouterr().err.split())
        assert profile in told
        assert "sign in as for the AWS CLI" in told


@pytest.mark.parametrize("arguments", [["nonsense"], ["switch", "sideways"], ["switch", "--no-such-option"]])
def test_what_the_command_does_not_know_is_bad_input(arguments, capsys):
    """An unknown verb, argument or option exits 2 and says what was wrong."""
    assert main(arguments) == 2
    assert "Error" in capsys.readouterr().err


def test_help_is_no_failure(capsys):
    """Asking for help exits 0 and lists the verbs, those of environments before all others."""
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert 0 < listed.index("│ env ") < listed.index("│ act ") < listed.index("│ switch ")


def test_what_the_readme_says_to_try_without_a_cloud_works(tmp_path, monkeypatch, capsys):
    """As it stands there, with no API named: no command fails, and the event leads to what is said of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STARGATE_API", raising=False)
    (block,) = [block for block in README.read_text(encoding="utf-8").split("```\n") if "<<EVENT" in block]
    commands, event, _ = re.split(r" - <<EVENT\n|EVENT\n", block)
    (tmp_path / "event").write_text(event)
    for command in f"{commands} event".splitlines():
        assert main(shlex.split(command)[1:]) == 0
    assert "raise_bound" in capsys.readouterr().out


def test_a_fault_of_all_of_a_document_names_no_place(tmp_path, capsys):
    """Where it stands is told only where there is a place to name."""
    written = tmp_path / "playbook.json"
    written.write_text("no JSON")
    assert main(["playbook", "check", str(written)]) == 2
    assert "\n  line 1: is no JSON" in capsys.readouterr().err
