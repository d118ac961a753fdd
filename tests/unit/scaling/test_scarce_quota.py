"""What follows when a model's quota is used up: each by itself, in any order, and all of it taken back."""

from __future__ import annotations

import pytest

from stargate.domain.environment import Mode
from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.playbook import Rule, Rung
from stargate.domain.operating.switch import Switch
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.signals.signal import Severity
from tests.unit.operating.loop_play import IDENTIFIER
from tests.unit.scaling.quota_play import SONNET, QuotaPlay

HAIKU = "claude-haiku-4-5"
SHIFT = Rule(
    name="sonnet-by-haiku",
    condition=f"quota-high#{SONNET}",
    severity=Severity.CRITICAL,
    rungs=(Rung("shift_model", parameters={"from": SONNET, "to": HAIKU}),),
    reason="a shorter answer is better than none",
    cool_down=300.0,
)


@pytest.fixture
def play():
    """Its own playbook lets Haiku serve in the place of Sonnet."""
    return QuotaPlay(playbook=(SHIFT, *DEFAULT))


def becomes_scarce(play):
    play.uses(99, throttles=50.0)
    play.watch()


def runs(play, kind):
    """The workflow of the newest action of a kind, from beginning to end."""
    action = [one for one in play.actions() if one.kind == kind][-1]
    assert play.perform(IDENTIFIER, action.action_id)["performed"]
    while (found := play.verify(IDENTIFIER, action.action_id))["outcome"] == "not_yet":
        play.clock.pass_seconds(30)
    play.settle(IDENTIFIER, action.action_id, found["outcome"], found["reason"])
    return found["outcome"]


def chain(play, kind):
    """The kinds of the entries that led to the verification of such an action, first cause first."""
    entries = {one.entry_id: one for one in play.entries()}
    (last,) = [one for one in entries.values() if one.kind == "verification" and one.detail["action"] == kind]
    walked = [last]
    while walked[-1].cause in entries:
        walked.append(entries[walked[-1].cause])
    return [one.kind for one in reversed(walked)]


def test_one_minute_of_throttles_asks_for_more_and_shifts_what_may_be_shifted(play):
    """Both at once, each of them a chain from the watch's own signal to its verified effect."""
    becomes_scarce(play)
    assert {one.kind for one in play.actions()} == {"shift_model", "request_quota"}
    for kind in ("shift_model", "request_quota"):
        assert runs(play, kind) == "reached"
        assert chain(play, kind) == ["signal", "decision", "action", "verification"]
    assert play.models.facts == {SONNET: HAIKU}
    assert play.quotas.facts.asked > 1000.0


def test_people_are_told_once_more_was_asked_for(play):
    """An answer takes hours or days: a request alone is no cure."""
    becomes_scarce(play)
    runs(play, "request_quota")
    runs(play, "shift_model")
    play.tick()
    assert [one.kind for one in play.actions() if one.status is ActionStatus.REQUESTED] == ["page"]


def test_what_was_shifted_goes_back_when_there_is_quota_again(play):
    """A quarter of an hour after it was shifted, without a rule that says so."""
    becomes_scarce(play)
    runs(play, "shift_model")
    play.uses(20)
    play.watch()
    assert play.quota_condition() is None
    play.tick(60)
    assert play.models.facts == {SONNET: HAIKU}
    play.tick(900)
    assert runs(play, "restore_model") == "reached"
    assert play.models.facts == {}


def test_without_a_rule_of_its_own_no_model_stands_in_for_another():
    """Another model's answers are other answers: whoever wants that says so."""
    play = QuotaPlay()
    becomes_scarce(play)
    assert "shift_model" not in {one.kind for one in play.actions()}
    assert "shift_model" in play.quota_condition().decided.reason


@pytest.mark.parametrize("guard", ["mode", "switch"])
def test_nothing_is_touched_where_nothing_may_be(play, guard):
    """Observe, or the switch: decided and held, with the guard's name."""
    if guard == "mode":
        play.becomes(mode=Mode.OBSERVE)
    else:
        play.table.switch = Switch(on=False, reason="a release")
    becomes_scarce(play)
    assert play.touched() == []
    assert play.held_by(f"quota-high#{SONNET}") == guard


def test_the_same_minute_told_twice_does_nothing_twice(play):
    """As when the watch is called again before its conditions were read."""
    becomes_scarce(play)
    done = len(play.actions())
    play.watch()
    assert len(play.actions()) == done
