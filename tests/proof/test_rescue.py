"""A gateway whose stacks get stuck, on the way back and on the way out, and how a person frees them.

AWS's own record is read after each turn; each test reads one promise off it.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled

pytestmark = pytest.mark.cloud

STUCK = {"name": "stuck", "preset": "sandbox", "overrides": {"network": {"cidr": "10.72.0.0/16"}}}
LARGER = {"overrides": {"database": {"class": "db.r6g.xlarge"}}}

Document = dict[str, Any]


@dataclass
class Record:
    """How it was left after each turn."""

    failed: Document = field(default_factory=dict)
    refused: Any = None
    rescued: Document = field(default_factory=dict)
    statuses: list[dict[str, str]] = field(default_factory=list)
    held: Document = field(default_factory=dict)
    left: Document = field(default_factory=dict)
    gone: Document = field(default_factory=dict)
    ledger: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def record(api, witness, cloud):
    told = Record()
    assert api.post("/environments", STUCK).status == 202
    assert follow(api, "stuck", settled)[-1]["status"] == "READY"
    try:
        _update(told, api, witness)
        _retire(told, api, witness, cloud)
    finally:
        witness.lift_faults()
    told.ledger = [entry["summary"] for entry in _ledger(api)]
    return told


def _update(told, api, witness):
    """The alarm after the database is not updated, and the parameter group before it does not go back."""
    witness.inject_fault("stuck", "data", "DatabaseConnectionsWarning", "no alarm today", "update")
    witness.inject_fault("stuck", "data", "ParameterGroup", "the group is in use", "rollback")
    assert api.patch("/environments/stuck", LARGER).status == 202
    told.failed = follow(api, "stuck", settled)[-1]
    told.statuses.append(witness.statuses("stuck"))
    told.refused = api.post("/environments/stuck/resume", {"skip": {"data": ["Nothing"], "moon": ["Crater"]}})
    assert api.post("/environments/stuck/resume", {"skip": {"data": ["ParameterGroup"]}}).status == 202
    told.rescued = follow(api, "stuck", settled)[-1]
    told.statuses.append(witness.statuses("stuck"))
    witness.lift_faults()


def _retire(told, api, witness, cloud):
    """One log group is not deleted: the stack goes without it, and it is removed by hand."""
    witness.inject_fault("stuck", "grafana", "Logs", "somebody reads it", "delete")
    assert let_go(api, "stuck").status == 202
    told.held = follow(api, "stuck", settled)[-1]
    told.statuses.append(witness.statuses("stuck"))
    assert api.post("/environments/stuck/resume", {"skip": {"grafana": ["Logs"]}}).status == 202
    told.left = follow(api, "stuck", settled)[-1]
    told.statuses.append(witness.statuses("stuck"))
    cloud.client("logs").delete_log_group(logGroupName="/stargate/stuck/grafana")
    assert api.post("/environments/stuck/resume", {}).status == 202
    told.gone = follow(api, "stuck", settled)[-1]


def _ledger(api):
    path, query, entries = "/environments/stuck/ledger", {"limit": "100"}, []
    while True:
        document = api.get(path, **query).document
        entries += document["entries"]
        if not document["next"]:
            return entries
        query["next"] = document["next"]


def test_an_update_that_cannot_go_back_is_failed_and_says_how_to_go_on(record):
    """With the resource, its own words, and the request that passes it over."""
    failure = record.failed["failure"]
    assert record.statuses[0]["data"] == "UPDATE_ROLLBACK_FAILED"
    assert (record.failed["status"], failure["stack"]) == ("FAILED", "data")
    assert failure.get("stuck") == ["ParameterGroup"], (failure, record.ledger)
    assert failure["reason"].startswith("the group is in use. The stack is UPDATE_ROLLBACK_FAILED")
    assert '{"skip": {"data": ["ParameterGroup"]}}' in failure["reason"]


def test_it_was_continued_by_itself_before_a_person_was_asked(record):
    """What passes by itself needs nobody."""
    told = [words for words in record.ledger if words.startswith("data: it is UPDATE_ROLLBACK_FAILED")]
    assert len([words for words in told if "without" not in words]) >= 1
    assert [words for words in told if words.endswith("without ParameterGroup, as somebody asked")]


def test_what_is_not_there_cannot_be_passed_over(record):
    """Every fault at once, and nothing is begun."""
    assert record.refused.status == 400
    paths = [fault["path"] for fault in record.refused.document["faults"]]
    assert paths == ["/skip/data/0", "/skip/moon"]


def test_passed_over_it_gets_ready_as_it_was_declared_before(record):
    """The stack went back without it, and everything was measured."""
    assert (record.rescued["status"], record.rescued["failure"]) == ("READY", None)
    assert record.rescued["spec"]["database"]["class"] == "db.r6g.large"
    assert record.statuses[1]["data"] in {"UPDATE_ROLLBACK_COMPLETE", "UPDATE_COMPLETE"}


def test_a_deletion_that_is_stuck_says_how_to_go_on(record):
    """In the same words as a roll-back."""
    assert record.statuses[2]["grafana"] == "DELETE_FAILED"
    assert (record.held["status"], record.held["failure"]["stuck"]) == ("FAILED", ["Logs"])


def test_what_was_left_behind_is_named_until_it_is_gone(record):
    """The stack went without it; nothing is RETIRED while something of it is there."""
    assert "grafana" not in record.statuses[3]
    assert record.left["status"] == "FAILED"
    assert "/stargate/stuck/grafana" in record.left["failure"]["reason"]
    assert record.gone["status"] == "RETIRED"
