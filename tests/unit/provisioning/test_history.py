"""Estimates learn from what the account has seen."""

from __future__ import annotations

from stargate.domain.environment import Status
from stargate.domain.provisioning.history import KEPT, expected_seconds, with_attempt
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from tests.unit.play import Play


def test_until_there_is_enough_the_published_figure_counts():
    """Two nights are no history."""
    assert expected_seconds(900, [400, 500]) == 900
    assert expected_seconds(900, [400, 500, 450]) == 450


def test_one_slow_night_moves_nothing():
    """The middle, not the mean."""
    assert expected_seconds(900, [400, 410, 405, 9000]) == 407.5


def test_only_what_this_attempt_brought_to_stand_is_kept():
    """What stood before tells nothing new, and what never stood took no time."""
    states = {
        "network": _state("network", 2),
        "data": _state("data", 1),
        "edge": NodeState("edge", NodeStatus.FAILED, submitted_at=5.0, submitted_attempt=2),
    }
    assert with_attempt({"network": [1.0]}, states, 2) == {"network": [1.0, 60.0]}


def test_the_oldest_are_forgotten():
    """What AWS took a year ago says little."""
    full = {"network": [float(number) for number in range(KEPT)]}
    grown = with_attempt(full, {"network": _state("network", 1)}, 1)
    assert len(grown["network"]) == KEPT
    assert grown["network"][-1] == 60.0


def _state(name, attempt):
    return NodeState(name, NodeStatus.STANDING, submitted_at=100.0, stood_at=160.0, submitted_attempt=attempt)


def test_a_later_environment_is_estimated_by_those_before():
    """Each node's typical time is that of this account; of another preset nothing is known."""
    play = Play()
    play.histories.keep("sandbox", {"network": [20.0, 21.0, 22.0]})
    play.ask()
    play.begin_provision()
    assert play.show.one("sandbox")["stacks"][0]["typical_seconds"] == 21
    other = play.create({"name": "other", "preset": "poc"})
    assert play.nodes.all(other.environment_id)["network"].typical_seconds == 60


def test_a_creation_that_ends_ready_is_remembered():
    """And one that fails is not."""
    play = Play()
    play.ask()
    play.begin_provision()
    play.stand_all()
    play.settle(play.environment.environment_id, 1, Status.READY)
    assert play.histories.of("sandbox")["network"][0] > 0
