"""One playbook per environment: shown, put in force, kept in every version, and followed by the loop."""

from __future__ import annotations

import json

import pytest

from stargate.domain.playbook.default import DEFAULT, IDENTITY
from stargate.domain.playbook.lines import read_text
from stargate.domain.playbook.own import OwnPlaybook, differences, in_force
from stargate.errors import (
    ConflictError,
    EnvironmentNotFoundError,
    InvalidRequestError,
    PlaybookNotFoundError,
    PlaybookOutdatedError,
)
from stargate.usecases.operating.change_playbook import ChangePlaybook
from tests import fakes
from tests.unit.operating.loop_play import CRITICAL, NAME, LoopPlay

QUIET = {"rule": "quiet", "while": "cpu-high", "why": "we look at it ourselves"}


@pytest.fixture
def play():
    return LoopPlay()


@pytest.fixture
def change(play):
    environments = fakes.FakeEnvironments(play.table)
    return ChangePlaybook(environments, fakes.FakePlaybooks(play.table), play.clock, play.narrator("someone"))


def request(version=0, *rules, **more):
    told = {"rules": list(rules)} if rules else {}
    return read_text(json.dumps({"version": version, **told, **more}))


def test_without_one_of_its_own_an_environment_follows_the_default(change):
    """Version 0, and the default's identity."""
    found = change.show(NAME)
    assert (found["version"], found["follows"], found["default"]) == (0, "default", IDENTITY)
    assert found["rules"][0]["rule"] == DEFAULT[0].name
    assert found["versions"] == []


def test_what_is_put_is_in_force_for_the_next_signal_and_named_by_its_decision(play, change):
    """And the ledger says who changed what, and why."""
    told = change(NAME, request(0, QUIET, note="they sleep badly"))
    assert (told["version"], told["follows"], told["rules"]) == (1, "own", [QUIET])
    play.load(88)
    assert play.alarm(CRITICAL, "ALARM").decided == "none"
    entry = play.entries("decision")[-1]
    assert entry.summary == "no action: we look at it ourselves"
    assert (entry.detail["rule"], entry.detail["playbook"]) == ("quiet", "version 1")
    put = play.entries("decision")[0]
    assert (put.subject, put.actor, put.cause) == ("playbook", "someone", "request by someone")
    assert put.summary.startswith("playbook version 1: added quiet; removed litellm-cpu-critical")
    assert put.detail["note"] == "they sleep badly"


def test_a_decision_by_the_default_says_which_one(play):
    """Another release may bring another."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    assert play.entries("decision")[-1].detail["playbook"] == f"default {IDENTITY}"


def test_every_version_is_kept(change):
    """The newest is first; each can be read again."""
    change(NAME, request(0, QUIET))
    change(NAME, request(1, {**QUIET, "why": "other"}, note="better"))
    found = change.show(NAME)
    assert [one["version"] for one in found["versions"]] == [2, 1]
    assert found["versions"][0]["note"] == "better"
    assert change.show(NAME, 1)["rules"] == [QUIET]
    assert change.show(NAME, 0)["follows"] == "default"
    with pytest.raises(PlaybookNotFoundError):
        change.show(NAME, 3)


def test_an_environment_may_follow_the_default_again(play, change):
    """That is a version too."""
    change(NAME, request(0, QUIET))
    told = change(NAME, request(1, follows="default"))
    assert (told["version"], told["follows"], len(told["rules"])) == (2, "default", len(DEFAULT) - 2)
    play.load(88)
    assert play.alarm(CRITICAL, "ALARM").decided == "act"


def test_whoever_changed_an_outdated_version_is_told(change):
    """Nothing is written over what somebody else put meanwhile."""
    change(NAME, request(0, QUIET))
    with pytest.raises(PlaybookOutdatedError, match="version 1 is in force, not 0"):
        change(NAME, request(0, {**QUIET, "why": "other"}))
    assert change.show(NAME)["rules"] == [QUIET]


def test_of_two_who_put_at_once_one_is_told(play, change):
    """By the condition of the write."""

    class Raced(fakes.FakePlaybooks):
        def put(self, *_):
            raise ConflictError

    raced = ChangePlaybook(change.environments, Raced(play.table), play.clock, play.narrator("someone"))
    with pytest.raises(PlaybookOutdatedError, match="just now"):
        raced(NAME, request(0, QUIET))


def test_a_request_that_is_sent_again_changes_nothing(change):
    """Its answer was lost, and it is in force."""
    first = change(NAME, request(0, QUIET))
    assert change(NAME, request(0, QUIET)) == first
    assert len(change.show(NAME)["versions"]) == 1


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("[]", [("", 1)]),
        ("{", [("", 1)]),
        ('{"rules": []}', [("/version", 1), ("/rules", 1)]),
        (
            '{"version": true,\n "rules": [\n {"rule": "a", "while": "x", "why": "w"}]}',
            [("/version", 1), ("/rules/0/while", 3)],
        ),
        ('{"version": 0,\n "follows": "mine"}', [("/follows", 2), ("/rules", 1)]),
        ('{"version": 0,\n "follows": "default",\n "rules": []}', [("/rules", 3)]),
        ('{"version": 0,\n "follows": "default",\n "note": 5}', [("/note", 3)]),
    ],
)
def test_a_request_with_faults_is_refused_with_the_line_of_each(change, sent, expected):
    """And nothing is written."""
    with pytest.raises(InvalidRequestError) as refused:
        change(NAME, read_text(sent))
    told = [(fault.path, int(fault.fault.split(":")[0].split()[1])) for fault in refused.value.faults]
    assert told == expected
    assert change.show(NAME)["version"] == 0


def test_an_unknown_environment_has_no_playbook(change):
    """Neither to show nor to change."""
    with pytest.raises(EnvironmentNotFoundError):
        change.show("nobody")
    with pytest.raises(EnvironmentNotFoundError):
        change("nobody", request(0, QUIET))


def test_an_upgrade_changes_those_who_follow_the_default_and_nobody_else():
    """One that has its own keeps it, and says which default it was made from."""
    own = OwnPlaybook(4, json.dumps({"rules": [QUIET]}), made_from="an older one")
    assert in_force(own).told == "version 4"
    assert [rule.name for rule in in_force(own).rules] == ["quiet", "no-rule", "over"]
    assert (own.document()["made_from"], own.document()["default"]) == ("an older one", IDENTITY)
    assert in_force(OwnPlaybook(5)).rules == DEFAULT


def test_what_changed_is_told_by_name():
    """New, changed, gone, or in another place, which decides."""
    one, two, three = ({**QUIET, "rule": name} for name in ("one", "two", "three"))
    assert differences([one, two], [two, one]) == {"moved": ["two", "one"]}
    assert differences([one, two], [{**one, "why": "x"}, three]) == {
        "added": ["three"],
        "changed": ["one"],
        "removed": ["two"],
    }
