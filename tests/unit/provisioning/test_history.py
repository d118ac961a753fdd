"""Estimates learn from what the account has seen."""

from __future__ import annotations

from dataclasses import replace

from stargate.domain.environment import Status, Work
from stargate.domain.provisioning.history import KEPT, expected_part, expected_seconds, with_attempt
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from tests.unit.play import Play


def test_until_there_is_enough_the_published_figure_counts():
    """Two nights are no history."""
    assert expected_seconds(900, [400, 500]) == 900
    assert expected_seconds(900, [400, 500, 450]) == 450


def test_one_slow_night_moves_nothing():
    """The middle, not the mean."""
    assert expected_seconds(900, [400, 410, 405, 9000]) == 407.5


def test_what_each_node_took_counts_from_when_it_was_free_to_begin():
    """With the control plane's own share in it; what stood before this attempt tells nothing new."""
    play = Play()
    environment = replace(play.ask(), attempt=2, attempt_started_at=100.0)
    states = {name: NodeState(name) for name in environment.graph.names}
    states |= {
        "network": _stood("network", 2, 150.0),
        "secrets": _stood("secrets", 1, 90.0),
        "data": _stood("data", 2, 900.0),
        "edge": NodeState("edge", NodeStatus.FAILED, submitted_at=5.0, submitted_attempt=2),
    }
    grown = with_attempt({"network": [1.0]}, environment, states, 930.0)
    assert grown == {"network": [1.0, 50.0], "data": [750.0], "checks": [30.0]}


def test_a_removal_is_remembered_the_other_way_round():
    """From when all that needed it was gone."""
    play = Play()
    environment = replace(play.ask(), work=Work.RETIRE, attempt=2, attempt_started_at=1000.0)
    states = {name: NodeState(name) for name in environment.graph.names}
    states |= {
        "litellm": _gone("litellm", 1200.0),
        "models": _gone("models", 1210.0),
        "balancer": NodeState("balancer", NodeStatus.DELETING, removed_attempt=2),
    }
    grown = with_attempt({}, environment, states, 2000.0)
    assert grown == {"litellm gone": [200.0], "models gone": [10.0]}


def test_sleep_and_wake_are_remembered_as_a_whole():
    """By the name of the work; until there is enough, the published figures count."""
    environment = replace(Play().ask(), work=Work.WAKE, attempt_started_at=1000.0)
    assert with_attempt({}, environment, {}, 1500.0) == {"wake": [500.0]}
    assert expected_part("wake", {"wake": [400.0, 500.0, 410.0]}) == 410.0
    assert expected_part("wake", {}) > 420


def test_the_oldest_are_forgotten():
    """What AWS took a year ago says little."""
    full = {"sleep": [float(number) for number in range(KEPT)]}
    environment = replace(Play().ask(), work=Work.SLEEP, attempt_started_at=1000.0)
    grown = with_attempt(full, environment, {}, 1060.0)
    assert len(grown["sleep"]) == KEPT
    assert grown["sleep"][-1] == 60.0


def _stood(name, attempt, at):
    return NodeState(name, NodeStatus.STANDING, submitted_attempt=attempt, stood_at=at)


def _gone(name, at):
    return NodeState(name, NodeStatus.GONE, removed_attempt=2, gone_at=at)


def test_a_later_environment_is_estimated_by_those_before():
    """Each node's typical time is that of this account; of another preset nothing is known."""
    play = Play()
    play.histories.keep("sandbox", {"network": [20.0, 21.0, 22.0]})
    play.ask()
    play.begin_provision()
    assert play.show.one("sandbox")["stacks"][0]["typical_seconds"] == 21
    other = play.create({"name": "other", "preset": "poc"})
    assert play.nodes.all(other.environment_id)["network"].typical_seconds == 5


def test_a_creation_that_ends_ready_is_remembered():
    """And one that fails is not."""
    play = Play()
    play.ask()
    play.begin_provision()
    play.stand_all()
    play.settle(play.environment.environment_id, 1, Status.READY)
    assert play.histories.of("sandbox")["network"][0] > 0
