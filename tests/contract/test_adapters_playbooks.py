"""Environments' own playbooks: what their rows promise, on moto's table and on the unit tests' fake."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from stargate.adapters.state.operations import OperationsTable
from stargate.adapters.state.playbooks import PlaybookRows
from stargate.domain.ledger import Entry
from stargate.domain.operating.playbook import InForce
from stargate.domain.playbook.default import DEFAULT, IDENTITY
from stargate.domain.playbook.own import UNWRITTEN, OwnPlaybook, in_force
from stargate.errors import ConflictError
from tests import fakes
from tests.contract import table_on_moto
from tests.contract.test_adapters_operations import IDENTIFIER, OTHER, begun, on

RULE = {"rule": "quiet", "while": "cpu-high", "why": "because"}
FIRST = OwnPlaybook(1, json.dumps({"rules": [RULE]}), "a note", "someone", 1000.5, "an older default")


@pytest.fixture(params=["in memory", "on DynamoDB"])
def playbooks(request, monkeypatch):
    if request.param == "in memory":
        yield fakes.FakePlaybooks(fakes.FakeTable())
        return
    with table_on_moto.table(monkeypatch) as table:
        yield PlaybookRows(table)


def entry(number):
    return Entry(
        f"000000000100{number}-x", 1000.0 + number, "sandbox", "decision", "playbook", "put", "c", "a"
    )


def test_an_environment_without_one_has_version_zero(playbooks):
    """As the newest, and asked for by its number; no other is there."""
    assert playbooks.get(IDENTIFIER) == UNWRITTEN
    assert playbooks.get(IDENTIFIER, 0) == UNWRITTEN
    assert playbooks.get(IDENTIFIER, 1) is None
    assert playbooks.versions(IDENTIFIER) == []


def test_the_newest_is_in_force_and_every_version_is_kept(playbooks):
    """Each as it was written, the rules read only where they are asked for."""
    second = replace(FIRST, version=2, written=None, note="", made_from=IDENTITY)
    playbooks.put(IDENTIFIER, FIRST, entry(1))
    playbooks.put(IDENTIFIER, second, entry(2))
    assert playbooks.get(IDENTIFIER) == second
    assert playbooks.get(IDENTIFIER, 1) == FIRST
    told = [one.summary() for one in playbooks.versions(IDENTIFIER)]
    assert told == [second.summary(), FIRST.summary()]
    assert playbooks.get(OTHER) == UNWRITTEN


@pytest.mark.parametrize("version", [1, 3])
def test_nothing_is_written_over_what_came_meanwhile(playbooks, version):
    """Neither the same version again nor one that leaves another out."""
    playbooks.put(IDENTIFIER, FIRST, entry(1))
    with pytest.raises(ConflictError):
        playbooks.put(IDENTIFIER, replace(FIRST, version=version, note="other"), entry(2))
    assert playbooks.get(IDENTIFIER) == FIRST


def test_it_is_read_with_all_that_a_signal_needs_and_costs_no_call_more(monkeypatch):
    """In the one batch that reads environment, outputs and switch; with its entry in the ledger."""
    with table_on_moto.table(monkeypatch) as table:
        store = begun(on(table))
        assert OperationsTable(table).by_id(IDENTIFIER).playbook == InForce(DEFAULT, f"default {IDENTITY}")
        PlaybookRows(table).put(IDENTIFIER, FIRST, entry(1))
        seen = OperationsTable(table).by_id(IDENTIFIER)
        assert seen.playbook == in_force(FIRST)
        assert [rule.name for rule in seen.playbook.rules] == ["quiet", "no-rule", "over"]
        assert store.ledger.page(IDENTIFIER, None, "decision", 10, None).items == (entry(1),)
