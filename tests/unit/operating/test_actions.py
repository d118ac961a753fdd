"""Every kind of action has all that makes one, and its effect is told from its absence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stargate.domain.environment import Status, Work
from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.facts import Facts
from stargate.domain.operating.leases import taken
from stargate.domain.operating.measures import MEASURES
from stargate.domain.operating.operations import Change
from stargate.wiring.actions import tools
from tests.unit.operating.loop_play import IDENTIFIER, LoopPlay
from tests.unit.operating.scenes import SCENES, staged

DOCUMENT = Path(__file__).parents[3] / "docs" / "actions.md"
COLUMNS = 6  # action, what it does, asked again before it, expected within, taken back by, limit


@pytest.fixture
def play(request):
    """On a stage where the rules say what the scene of this kind needs."""
    kind = request.node.callspec.params["kind"] if "kind" in request.node.fixturenames else "page"
    return staged(kind)


def pager():
    return LoopPlay().pager


def rows_of(document):
    """The table of the actions, by the action's name."""
    first = document.split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in first.splitlines() if line.startswith("| `")]
    return {re.sub(r"\W", "", cells[0]): [cell.strip() for cell in cells] for cells in rows}


def requested(play):
    return play.actions()[-1]


@pytest.mark.parametrize("kind", ACTIONS.values(), ids=ACTIONS)
def test_every_kind_has_all_that_makes_one(kind):
    """A performer, a scene, a row in the documents, and names that exist."""
    assert kind.name in tools().performers(pager(), LoopPlay().falling_asleep())
    assert kind.name in SCENES
    cells = rows_of(DOCUMENT.read_text())[kind.name]
    assert len(cells) == COLUMNS
    assert all(cells)
    assert kind.asks | kind.asks_again <= tools().sources().keys()
    assert kind.taken_back_by is None or kind.taken_back_by in ACTIONS


def test_nothing_is_left_of_kinds_that_are_gone():
    """No performer, scene or row without its kind."""
    names = set(ACTIONS)
    assert (
        set(tools().performers(pager(), LoopPlay().falling_asleep()))
        == set(SCENES)
        == set(rows_of(DOCUMENT.read_text()))
        == names
    )


def test_every_measure_and_source_is_of_a_fact():
    """What can be asked for has a field to be kept in."""
    fields = set(Facts.__dataclass_fields__)
    sources = tools().measuring(pager())
    assert set(sources) == fields
    assert {measure.asks for measure in MEASURES.values()} <= set(sources)


@pytest.mark.parametrize("kind", ACTIONS)
def test_the_effect_comes_and_is_reached(play, kind):
    """Decided, performed, measured; every expectation with its time, and the lease free afterwards."""
    SCENES[kind].arises(play)
    action = requested(play)
    assert (action.kind, action.status) == (kind, ActionStatus.REQUESTED)
    assert all(one.measure in MEASURES and one.within_seconds > 0 for one in action.expectations)
    assert action.expectations
    assert play.performs()["performed"]
    SCENES[kind].comes(play)
    assert play.awaits() == "reached"
    play.settles("reached")
    assert not play.operations.by_id(play.identifier).operations.leases[action.scope].holder


@pytest.mark.parametrize("kind", ACTIONS)
def test_the_effect_does_not_come_and_is_missed(play, kind):
    """Within the time that was stated."""
    SCENES[kind].arises(play)
    assert play.performs()["performed"]
    since = play.clock.now()
    SCENES[kind].fails(play)
    assert play.awaits() == "missed"
    longest = max(one.within_seconds for one in requested(play).expectations)
    assert play.clock.now() - since <= longest + 60


@pytest.mark.parametrize("kind", sorted(set(ACTIONS) - {"page"}))
def test_a_try_that_was_cut_off_after_it_reached_aws_is_not_done_twice(play, kind):
    """The workflow's retry finds it done."""
    SCENES[kind].arises(play)
    play.performs()
    before = play.touched()
    assert play.performs()["performed"]
    assert play.touched() == before


def test_a_page_that_was_perhaps_sent_is_sent_again(play):
    """Nobody can ask SNS whether it took one: better twice than not at all."""
    SCENES["page"].arises(play)
    play.performs()
    play.performs()
    assert len(play.pager.pages) == 2


@pytest.mark.parametrize("kind", ACTIONS)
def test_what_is_held_is_given_back_by_the_kind_that_says_so(play, kind):
    """A hold is there if and only if the kind is taken back."""
    SCENES[kind].arises(play)
    play.performs()
    hold = play.operations.by_id(play.identifier).operations.holds.get(requested(play).scope)
    ours = hold is not None and hold.live and hold.action_id == requested(play).action_id
    assert ours is (ACTIONS[kind].taken_back_by is not None)


# Money.


def spent(play, **changes):
    """All of the month's budget is gone, and the environment's own playbook has a rule for it."""
    play.becomes(**changes)
    SCENES["put_to_sleep"].arises(play)
    return play


def test_an_environment_whose_budget_is_spent_falls_asleep_as_if_somebody_asked():
    """By the workflow of sleep; its ledger names the action, and a second call starts nothing."""
    play = spent(staged("put_to_sleep"))
    (decision,) = [entry for entry in play.entries() if entry.kind == "decision"]
    assert re.search(r"\$0\.\d+ an hour less", decision.summary)
    play.performs()
    (started,) = play.sleeps.started
    assert started[0] == "sleep"
    environment = play.table.environments[IDENTIFIER]
    assert (environment.status, environment.work) == (Status.UPDATING, Work.SLEEP)
    asked = play.table.entries[IDENTIFIER][environment.cause]
    assert asked.cause == f"request by action {requested(play).action_id}"
    play.performs()
    assert play.sleeps.started == [started]


def test_what_is_protected_is_never_put_to_sleep_for_money():
    """Production says so by its deletion protection: a person is paged in its place."""
    play = spent(staged("put_to_sleep"), deletion_protection=True)
    assert requested(play).kind == "page"
    assert "what is protected is not put to sleep" in play.condition("budget-passed#cost").decided.reason


def test_one_that_somebody_woke_again_stays_awake_while_the_budget_is_spent():
    """It is done once while the condition is open: a person's word counts more."""
    play = spent(staged("put_to_sleep"))
    play.performs()
    SCENES["put_to_sleep"].comes(play)
    assert play.awaits() == "reached"
    play.settles("reached")
    play.becomes(status=Status.READY, work=Work.WAKE)
    play.tick(7200)
    assert len(play.sleeps.started) == 1
    assert not any(one.in_flight for one in play.actions())


def test_a_drill_that_began_meanwhile_keeps_it_awake():
    """The guards are asked again before anything is done."""
    play = spent(staged("put_to_sleep"))
    play.operations.record(IDENTIFIER, Change((taken(None, "drill", "a drill", play.clock.now()),)))
    play.performs()
    assert play.sleeps.started == []
    assert requested(play).status is ActionStatus.WITHDRAWN
