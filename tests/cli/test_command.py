"""The command itself: how it refuses, and what it prints for programs."""

import json

import pytest

from cli.app import main


def test_without_an_api_it_says_where_one_may_come_from(tmp_path, monkeypatch, capsys):
    """With no API named and no local cloud near, the command is bad input and names both ways out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STARGATE_API", raising=False)

    assert main(["switch"]) == 2

    told = " ".join(capsys.readouterr().err.split())
    assert "STARGATE_API" in told
    assert "make up" in told


def test_for_programs_a_refusal_is_a_problem_document(tmp_path, monkeypatch, capsys):
    """With --json a refusal is JSON on standard error, and standard output stays empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STARGATE_API", raising=False)

    assert main(["switch", "--json"]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert "no API" in json.loads(said.err)["title"]


@pytest.mark.parametrize("arguments", [["nonsense"], ["switch", "sideways"], ["switch", "--no-such-option"]])
def test_what_the_command_does_not_know_is_bad_input(arguments, capsys):
    """An unknown verb, argument or option exits 2 and says what was wrong."""
    assert main(arguments) == 2
    assert "Error" in capsys.readouterr().err


def test_help_is_no_failure(capsys):
    """Asking for help exits 0 and lists the verbs."""
    assert main(["--help"]) == 0
    assert "switch" in capsys.readouterr().out
