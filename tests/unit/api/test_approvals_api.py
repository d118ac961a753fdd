"""The API: what people are asked, and how they answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.people.approvals import Approval
from tests.unit.api.api_play import (
    APPROVAL_ID,
    USER,
    answers,
    faults,
    post,
)


@pytest.fixture
def asked(client):
    """Somebody is asked whether a zone may be left; the path of what they are asked."""
    _, _, created = post(client)
    now = client.play.clock.now()
    row = Approval(APPROVAL_ID, "health-issue#ec2", "evacuate_zone", "zones", now, now + 3600, version=1)
    rows = client.play.table.operations.setdefault(created["id"], {})
    rows["approvals", APPROVAL_ID] = row
    return {"approval": f"{created['id']}-{APPROVAL_ID}"}


def test_what_is_asked_is_listed_shown_and_answered(client, asked):
    """The caller's own name is on the answer."""
    status, _, listed = client.call("GET", "/approvals")
    assert (status, [one["id"] for one in listed["approvals"]]) == (200, [asked["approval"]])
    assert client.call("GET", "/approvals/{approval}", path=asked)[2] == listed["approvals"][0]
    status, _, answer = answers(client, asked, {"answer": "refuse", "reason": "not now"})
    said = answer["status"], answer["answered_by"], answer["reason"]
    assert (status, said) == (200, ("REFUSED", USER, "not now"))
    assert client.call("GET", "/approvals")[2] == {"approvals": [], "next": None}


def test_an_answer_twice_is_a_conflict_and_with_its_key_the_same_answer(client, asked):
    """Whoever repeats a lost answer hears what came of it."""
    key = {"idempotency-key": "one"}
    first = answers(client, asked, {"answer": "grant"}, headers=key)
    assert answers(client, asked, {"answer": "grant"}, headers=key) == first
    status, _, problem = answers(client, asked, {"answer": "grant"})
    assert (status, problem["type"]) == (409, "urn:stargate:problem:approval-over")
    assert f"{USER} granted it at" in problem["detail"]


def test_an_answer_by_the_one_who_asked_is_forbidden(client, asked):
    """Somebody else has to."""
    (rows,) = client.play.table.operations.values()
    rows["approvals", APPROVAL_ID] = replace(rows["approvals", APPROVAL_ID], requested_by=USER)
    status, _, problem = answers(client, asked, {"answer": "grant"})
    assert (status, problem["type"]) == (403, "urn:stargate:problem:not-approver")


def test_an_approval_that_is_not_there_or_asked_for_wrongly_is_a_problem(client, asked):
    """Each with what is wrong."""
    status, _, problem = client.call("GET", "/approvals/{approval}", path={"approval": "x"})
    assert (status, problem["type"]) == (404, "urn:stargate:problem:unknown-approval")
    assert faults(client.call("GET", "/approvals", query={"status": "all"})) == {
        "?status": "one of limit, next"
    }
    assert faults(answers(client, asked, {"answer": "perhaps"})) == {"/answer": "one of grant, refuse"}
