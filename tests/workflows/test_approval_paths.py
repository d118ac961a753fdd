"""`remediate` with the loop's own functions, over fakes of AWS: what is granted is done, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Mode
from stargate.domain.people.approvals import HOUR, USE_SECONDS
from stargate.usecases.operating.take_request import TakeRequest
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME, LoopPlay

WORKFLOW = "RemediateWorkflow"
ALICE, BOB = "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bob"
TO_VERIFY = ["Perform", "Performed?", "Wait for the effect", "Verify"]
RESTART = {"action": "restart_service", "subject": "litellm", "reason": "its log is full of timeouts"}


@pytest.fixture
def play():
    """CPU is critical where a person has to agree, and one is asked."""
    play = LoopPlay()
    play.becomes(mode=Mode.ADVISE)
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    return play


def answered(play, answer, by=ALICE):
    (name,) = play.asked()
    play.answer(name, {"answer": answer, "reason": "as I see it"}, by)
    play.examines_at_once()


def runs(stage, play, late=0.0, comes=None):
    """The one execution that was started, with the functions that the loop has."""
    (payload,) = play.remedies.started.values()
    perform, verify = play.perform, play.verify

    def performs(given):
        play.clock.pass_seconds(late)
        return perform(given["environment_id"], given["action_id"])

    def verifies(given):
        play.clock.pass_seconds(120)
        if comes is not None:
            comes(play)
        return verify(given["environment_id"], given["action_id"])

    def settles(given):
        told = given["outcome"], given["reason"], given.get("measured")
        return play.settle(given["environment_id"], given["action_id"], *told)

    return stage.play(
        WORKFLOW, payload, perform_action=performs, verify_effect=verifies, settle_action=settles
    )


def tasks_run(play):
    play.services.facts = replace(play.services.facts, desired=4, running=4)
    play.load(50, tasks=4, minutes=1)


def status_of(play):
    return [action.status.value for action in play.actions()]


def test_granted_perform_verify_reached_settle(stage, play):
    """The approval's answer, the decision, the action and its effect are one chain of causes."""
    answered(play, "grant")
    run = runs(stage, play, comes=tasks_run)
    assert (run.status, run.path) == ("SUCCEEDED", [*TO_VERIFY, "Reached?", "Settle"])
    assert status_of(play) == ["REACHED"]
    ledger = {entry.entry_id: entry for entry in play.entries()}
    chain, entry = [], play.entries("verification")[-1]
    while entry is not None:
        chain.append(entry.kind)
        entry = ledger.get(entry.cause)
    assert chain == ["verification", "action", "decision", "approval", "approval", "decision", "signal"]


def test_granted_and_its_effect_missed_settle(stage, play):
    """It is told, and the next try needs another word."""
    answered(play, "grant")
    run = runs(stage, play)
    assert (run.status, run.path[-2:]) == ("SUCCEEDED", ["Reached?", "Settle"])
    assert status_of(play) == ["MISSED"]


def test_granted_and_too_late_to_be_used_nothing_was_touched(stage, play):
    """The word is a quarter of an hour old when the workflow comes to perform it."""
    answered(play, "grant")
    run = runs(stage, play, late=USE_SECONDS)
    assert (run.status, run.path) == ("SUCCEEDED", ["Perform", "Performed?", "Nothing was touched"])
    assert (status_of(play), play.touched()) == (["WITHDRAWN"], [])
    assert play.condition().decided.guard == "approval"


def test_granted_and_not_needed_any_more_nothing_was_touched(stage, play):
    """The condition has closed between the decision and its performance."""
    answered(play, "grant")
    play.alarm(CRITICAL, "OK")
    run = runs(stage, play)
    assert run.path == ["Perform", "Performed?", "Nothing was touched"]
    assert (status_of(play), play.touched()) == (["WITHDRAWN"], [])


def test_refused_no_execution_is_started(stage, play):
    """Nor an hour later."""
    answered(play, "refuse")
    play.load(88)
    play.tick(HOUR)
    assert (play.remedies.started, play.touched()) == ({}, [])


def test_expired_no_execution_is_started(stage, play):
    """Nobody has answered, and nobody can any more."""
    play.load(88)
    play.tick(HOUR)
    assert (play.remedies.started, play.asked(), play.touched()) == ({}, [], [])


def test_asked_for_by_one_and_granted_by_another_perform_verify_reached_settle(stage):
    """An action by the word of two people goes the same way."""
    play = LoopPlay()
    play.becomes(mode=Mode.ADVISE)
    TakeRequest(play.signals, play.identifiers)(NAME, RESTART, ALICE)
    answered(play, "grant", BOB)

    def steady(play):
        play.clock.pass_seconds(300)
        play.services.settle()

    run = runs(stage, play, comes=steady)
    assert run.path == [*TO_VERIFY, "Reached?", "Settle"]
    assert play.table.environments[IDENTIFIER].mode is Mode.ADVISE
    assert status_of(play) == ["REACHED"]
