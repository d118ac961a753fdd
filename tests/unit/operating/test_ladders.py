"""A rule's rungs: the next one's turn, what is taken back in between, and when it begins again."""

from __future__ import annotations

from dataclasses import replace

from stargate.domain.environment import Mode
from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.playbook import Rule, Rung
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.signals.signal import Severity
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, LoopPlay

CPU = Rule(
    name="first",
    condition="cpu-high#litellm",
    severity=Severity.CRITICAL,
    rungs=(Rung("raise_bound"), Rung("restart_service")),
    reason="CPU is critical",
    cool_down=180.0,
)


def playing(*rungs):
    return LoopPlay(playbook=(replace(CPU, rungs=rungs) if rungs else CPU, *DEFAULT))


def is_alarmed(play, cpu=88, tasks=2):
    play.load(cpu, tasks)
    play.alarm(CRITICAL, "ALARM")


def kinds(play):
    return [one.kind for one in play.actions()]


def misses(play):
    """The newest action is performed, and its effect never comes."""
    assert play.performs()["performed"]
    assert play.awaits() == "missed"
    play.settles("missed")


def test_a_rung_that_missed_its_effect_gives_way_to_the_next():
    """And when all have, a person is paged, once."""
    play = playing()
    is_alarmed(play)
    misses(play)
    play.tick()
    assert kinds(play) == ["raise_bound", "restart_service"]
    misses(play)
    play.tick(300)
    assert kinds(play) == ["raise_bound", "restart_service", "page"]
    play.pager.delivered.append(play.clock.now())
    assert play.runs() == "reached"
    play.tick(3600)
    assert kinds(play) == ["raise_bound", "restart_service", "page"]
    assert "nothing is left to be tried" in play.condition().decided.reason


def test_a_rung_is_tried_as_often_as_it_says():
    """Refused by AWS counts as missed; withdrawn before anything was done does not."""
    play = playing(Rung("restart_service", tries=2), Rung("raise_bound"))
    is_alarmed(play)
    play.services.deploy("d-9", "t:9")
    assert play.runs() == "withdrawn"
    play.services.settle()
    play.tick(300)
    misses(play)
    play.services.settle()
    play.tick(300)
    play.services.refuse = "no"
    assert not play.performs()["performed"]
    play.load(88)
    play.tick()
    assert kinds(play) == ["restart_service"] * 3 + ["raise_bound"]
    assert [one.status for one in play.actions()][:3] == [
        ActionStatus.WITHDRAWN,
        ActionStatus.MISSED,
        ActionStatus.FAILED,
    ]


def test_a_rung_at_its_limit_gives_way_at_once():
    """What it would have done cannot be done."""
    play = playing()
    play.scaling.facts = replace(play.scaling.facts, minimum=6)
    is_alarmed(play, cpu=99, tasks=6)
    assert kinds(play) == ["restart_service"]


def test_at_the_limit_with_nothing_left_a_person_is_paged_and_then_the_decision_is_held():
    """It is taken when there is room again."""
    play = playing(Rung("raise_bound"))
    play.scaling.facts = replace(play.scaling.facts, minimum=6)
    is_alarmed(play, cpu=99, tasks=6)
    assert kinds(play) == ["page"]
    assert "the bound is at the limit of 6" in play.summaries("decision")[-1]
    play.pager.delivered.append(play.clock.now())
    assert play.runs() == "reached"
    play.tick()
    assert play.held_by() == "limits"
    play.scaling.facts = replace(play.scaling.facts, minimum=2)
    play.tick()
    assert kinds(play) == ["page", "raise_bound"]


def test_a_page_says_all_that_a_person_needs():
    """What, since when, what was tried with what outcome, what is in force, where to go on; and no more."""
    play = playing(Rung("raise_bound"))
    is_alarmed(play)
    misses(play)
    play.alarm("stargate-sandbox-litellm-memory-warning", "ALARM")
    play.tick(300)
    play.performs()
    ((subject, text),) = play.pager.pages
    incident = play.operations.by_id(IDENTIFIER).operations.incident_of("cpu-high#litellm").incident_id
    assert subject == f"[stargate sandbox] cpu-high of litellm (incident {incident[-6:]})"
    for words in (
        "CRITICAL: cpu-high of litellm in sandbox.",
        "What to do:\n- aws ecs describe-services --cluster stargate-sandbox --services litellm",
        f"stargate incidents sandbox {incident}",
        f"Reported by: {CRITICAL}",
        "raise_bound of litellm MISSED: as it was measured",
        "In force:\n- raise_bound of litellm until",
        "Also open:\n- memory-high of litellm, warning",
        f"stargate ledger sandbox; this began with entry {play.condition().cause}",
    ):
        assert words in text


def test_a_page_goes_out_whatever_mode_and_switch_say():
    """It changes nothing, and somebody has to know."""
    play = playing(Rung("page"))
    play.becomes(mode=Mode.OBSERVE)
    play.turn_switch({"actions": "off", "reason": "a test"})
    is_alarmed(play)
    play.performs()
    assert len(play.pager.pages) == 1


def test_a_page_that_nobody_gets_is_missed_and_said_to_be():
    """A topic without subscribers."""
    play = playing(Rung("page"))
    is_alarmed(play)
    assert play.runs() == "missed"
    assert "pages_delivered 0, expected at least 1" in play.summaries("verification")[-1]


def test_a_condition_that_opens_again_begins_at_the_lowest_rung():
    """What was tried the last time is another story."""
    play = playing()
    is_alarmed(play)
    misses(play)
    play.alarm(CRITICAL, "OK")
    play.tick(1000)
    assert play.runs() == "reached"  # the bound is given back
    play.clock.pass_seconds(600)
    is_alarmed(play)
    assert kinds(play) == ["raise_bound", "release_bound", "raise_bound"]


def test_what_missed_is_taken_back_before_the_next_rung_if_the_rung_says_so():
    """Its condition is open still, and its time not over."""
    play = playing(Rung("raise_bound", undo=True), Rung("restart_service"))
    is_alarmed(play)
    misses(play)
    assert play.hold().spent
    play.tick()
    assert kinds(play) == ["raise_bound", "release_bound"]
    assert "its effect was missed" in play.summaries("decision")[-1]
    assert play.runs() == "reached"
    assert not play.hold().live
    play.tick()
    assert kinds(play) == ["raise_bound", "release_bound", "restart_service"]


def test_what_missed_and_somebody_else_moved_is_left_to_them():
    """Nothing of ours is there to be taken back."""
    play = playing(Rung("raise_bound", undo=True), Rung("restart_service"))
    is_alarmed(play)
    misses(play)
    play.scaling.facts = replace(play.scaling.facts, minimum=3)
    play.tick()
    assert not play.hold().live
    play.tick()
    assert kinds(play) == ["raise_bound", "restart_service"]
