"""What the shell is offered while a command is typed, asked as bash asks for it."""

import pytest

from cli.app import main


@pytest.fixture
def offered(monkeypatch, capsys):
    def ask(line):
        words = line.split(" ")
        monkeypatch.setenv("_STARGATE_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        main([])
        said = capsys.readouterr()
        assert said.err == ""
        return said.out.split()

    return ask


def test_environments_are_offered_by_name(api, offered):
    """Wherever one is asked for, and those alone that begin so."""
    listed = {"environments": [{"name": "blue"}, {"name": "black"}, {"name": "green"}], "next": None}
    api.answers("GET", "/environments", 200, listed)
    for verb in ("env show", "env drift", "env resume", "ledger", "plan"):
        assert offered(f"stargate {verb} bl") == ["black", "blue"]


def test_the_api_that_was_named_in_the_line_is_asked(api, offered, monkeypatch):
    """Not the one of the shell's own settings."""
    monkeypatch.setenv("STARGATE_API", "http://127.0.0.1:1")
    api.answers("GET", "/environments", 200, {"environments": [{"name": "blue"}], "next": None})
    assert offered(f"stargate env show --api {api.url} b") == ["blue"]


def test_nothing_is_offered_and_nothing_said_where_nobody_answers(offered, monkeypatch):
    """The line is still being typed."""
    monkeypatch.setenv("STARGATE_API", "http://127.0.0.1:1")
    monkeypatch.setenv("STARGATE_REGION", "us-west-2")
    assert offered("stargate env show b") == []


def test_verbs_presets_and_settings_are_offered(offered):
    """A setting as far as its value."""
    assert set(offered("stargate env re")) == {"repair", "resume"}
    assert set(offered("stargate env create blue --preset ")) == {"sandbox", "poc"}
    assert offered("stargate env update blue --set litellm.m") == [
        "litellm.memory=",
        "litellm.min_tasks=",
        "litellm.max_tasks=",
    ]
