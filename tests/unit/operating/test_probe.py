"""A gateway that is alive and refuses keys: found by asking, told once, mended by new tasks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Status
from stargate.domain.operating.facts import Keys
from stargate.domain.signals.signal import Severity
from stargate.usecases.operating.probe_gateways import ProbeGateways
from tests import fakes
from tests.unit.operating.loop_play import LoopPlay

KEY = "keys-refused#litellm"
ALL = Keys("no task makes a key: 401, 401", ("10.0.1.1", "10.0.2.2"), 2)
ONE = Keys("1 of 2 tasks refuse a good key", ("10.0.2.2",), 2)
WITHOUT_DATABASE = Keys("no task makes a key: 503, 503", (), 2)
WELL = Keys("", (), 2)


@pytest.fixture
def play():
    play = LoopPlay()
    environments = fakes.FakeEnvironments(play.table)
    play.probe = ProbeGateways(environments, play.operations, play.keys, play.signals, play.clock)
    return play


def sees(play, keys, seconds=120):
    play.clock.pass_seconds(seconds)
    play.keys.facts = keys
    return play.probe()


def test_a_gateway_that_serves_keys_is_no_news(play):
    """Nothing is written down every two minutes."""
    assert sees(play, WELL) == {}
    assert not play.entries()


def test_what_refuses_keys_is_told_once_and_its_end_once(play):
    """However often it is seen."""
    assert sees(play, ALL) == {"sandbox": "taken"}
    assert sees(play, ALL) == {}
    assert (play.condition(KEY).severity, play.condition(KEY).open) == (Severity.CRITICAL, True)
    assert sees(play, ONE) == {"sandbox": "taken"}
    assert play.condition(KEY).severity is Severity.WARNING
    assert sees(play, WELL) == {"sandbox": "taken"}
    assert sees(play, WELL) == {}
    assert not play.condition(KEY).open


@pytest.mark.parametrize("keys", [None, WITHOUT_DATABASE])
def test_an_observer_that_cannot_be_asked_and_a_missing_database_say_nothing_of_keys(play, keys):
    """Neither that they are refused nor that they are served."""
    assert sees(play, keys) == {}
    sees(play, ALL)
    assert sees(play, keys) == {}
    assert play.condition(KEY).open


def test_who_sleeps_or_is_made_is_not_probed(play):
    """There is nobody to show a key to."""
    play.becomes(status=Status.ASLEEP)
    assert sees(play, ALL) == {}


def test_one_gateway_that_cannot_be_probed_does_not_hinder_the_others(play):
    """It is raised when all have had their turn."""
    other = replace(play.table.environments[play.identifier], environment_id="other", name="other")
    play.table.environments["other"] = other
    del play.table.names["sandbox"]
    play.operations.by_id = lambda identifier: (_ for _ in ()).throw(TimeoutError(identifier))
    with pytest.raises(ExceptionGroup) as raised:
        sees(play, ALL)
    assert len(raised.value.exceptions) == 2


def test_a_wedged_litellm_gets_a_new_deployment_two_minutes_later(play):
    """Found by the probe, decided once it lasts and the database is there, and verified by a key again."""
    sees(play, ALL)
    assert play.condition(KEY).decided.rule == "keys-refused-meanwhile"
    play.tick(120)
    assert play.actions()[-1].kind == "restart_service"
    assert "the database is available" in play.summaries("decision")[-1]
    assert play.performs()["performed"]
    assert play.verifies()["outcome"] == "not_yet"
    play.services.settle()
    play.keys.facts = WELL
    play.clock.pass_seconds(300)
    found = play.verifies()
    assert (found["outcome"], found["measured"]) == ("reached", {"keys_refused": 0})
    play.settles("reached")
    sees(play, WELL)
    play.tick(600)
    assert play.operations.open_environments() == []


def test_one_wedged_task_among_others_is_replaced_alone(play):
    """The others go on serving."""
    sees(play, ONE)
    play.tick(120)
    action = play.actions()[-1]
    assert (action.kind, action.target["task"]) == ("replace_task", "t-2")


def test_without_its_database_nothing_is_done_about_keys(play):
    """New tasks would refuse them, too."""
    play.servers.facts = replace(play.servers.facts, status="rebooting")
    sees(play, ALL)
    play.tick(300)
    assert play.actions() == []
