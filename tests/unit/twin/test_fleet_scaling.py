"""Fewer tasks drain before they stop; tasks that cannot start are tried again ever more rarely."""

import itertools

from local.twin.fleet import DeploymentRules, ServiceActed, Status, Stop, TaskChanged
from tests.unit.twin.fleets import KILLED, START, fleet_of, states

IMPAIRED = "SERVICE_TASK_START_IMPAIRED"


def test_scaling_in_drains_for_as_long_as_the_rules_say():
    """For 60 seconds the task finishes what it has and gets nothing new; then it ends."""
    fleet = fleet_of(3)
    fleet.advance(START + 600)
    fleet.set_desired("litellm", 2, START + 700)
    (going,) = fleet.draining("litellm")
    assert len(fleet.serving("litellm")) == 2
    fleet.advance(START + 759)
    assert len(fleet.draining("litellm")) == 1
    happenings = fleet.advance(START + 1200)
    passed = dict(states(happenings, going.task_id))
    assert passed[Status.STOPPING] == START + 760
    assert list(passed) == [Status.STOPPING, Status.DEPROVISIONING, Status.STOPPED]
    assert len(fleet.tasks("litellm")) == 2


def test_scaling_in_takes_from_the_fullest_zone():
    """What is left is spread as evenly as before."""
    fleet = fleet_of(4)
    fleet.advance(START + 600)
    fleet.set_desired("litellm", 3, START + 700)
    assert len({task.zone for task in fleet.serving("litellm")}) == 3


def test_a_service_without_a_balancer_does_not_drain():
    """Its task is told to end at once."""
    fleet = fleet_of(1, rules=DeploymentRules(drain_seconds=0))
    fleet.advance(START + 600)
    fleet.set_desired("litellm", 0, START + 700)
    assert [task.status for task in fleet.tasks("litellm")] == [Status.STOPPING]


def test_a_draining_task_that_dies_is_gone_at_once():
    """A crash does not wait for the drain."""
    fleet = fleet_of(2)
    fleet.advance(START + 600)
    fleet.set_desired("litellm", 1, START + 700)
    (going,) = fleet.draining("litellm")
    fleet.stop_task(going.task_id, KILLED, START + 710)
    assert fleet.draining("litellm") == []


def test_more_are_started_at_once_and_the_service_is_steady_again_with_them():
    """Scaling out changes no deployment."""
    fleet = fleet_of(2)
    fleet.advance(START + 600)
    fleet.set_desired("litellm", 4, START + 700)
    assert len(fleet.tasks("litellm")) == 4
    happenings = fleet.advance(START + 1200)
    assert len(fleet.serving("litellm")) == 4
    told = [type(h).__name__ for h in happenings if not isinstance(h, TaskChanged)]
    assert told == ["ServiceActed"]


def test_a_crash_loop_of_running_tasks_is_not_throttled():
    """ECS restarts tasks that ran without delay, however soon they end ("Service throttle logic")."""
    fleet = fleet_of(1)
    fleet.advance(START + 600)
    fleet.crash_from_now("litellm", 20)
    fleet.stop_task(fleet.tasks("litellm")[0].task_id, KILLED, START + 700)
    happenings = fleet.advance(START + 700 + 1200)
    deaths = [
        h.at for h in happenings if isinstance(h, TaskChanged) and h.task.status is Status.DEPROVISIONING
    ]
    assert len(deaths) > 10
    assert not [h for h in happenings if isinstance(h, ServiceActed) and h.name == IMPAIRED]
    fleet.crash_from_now("litellm", None)
    assert fleet.advance(START + 3600)[-1].name == "SERVICE_STEADY_STATE"


def test_tasks_that_cannot_start_are_throttled_and_the_service_is_impaired():
    """Each further delay is twice as long, up to 27 minutes; a new deployment ends it at once."""
    fleet = fleet_of(1)
    fleet.advance(START + 600)
    fleet.crash_from_now("litellm", 0)
    fleet.stop_task(fleet.tasks("litellm")[0].task_id, KILLED, START + 700)
    happenings = fleet.advance(START + 4 * 3600)
    starts = [h.at for h in happenings if isinstance(h, TaskChanged) and h.task.status is Status.PROVISIONING]
    pauses = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert pauses[0] < 60
    assert 27 * 60 - 1 < pauses[-1] < 29 * 60
    assert next(h.name for h in happenings if isinstance(h, ServiceActed)) == IMPAIRED
    fleet.crash_from_now("litellm", None)
    fleet.deploy("litellm", START + 4 * 3600 + 60)
    assert fleet.advance(START + 4 * 3600 + 300)[-1].name == "SERVICE_STEADY_STATE"


def test_a_removed_service_is_forgotten_with_its_last_task():
    """It drains first, and its name is free only then."""
    fleet = fleet_of(2)
    fleet.advance(START + 600)
    fleet.remove_service("litellm", START + 700)
    assert fleet.services() == ["litellm"]
    fleet.advance(START + 900)
    assert fleet.services() == []
    assert fleet.next_at() is None


def test_a_task_that_has_not_started_yet_is_dropped_first():
    """Scaling in spares those that serve."""
    fleet = fleet_of(2)
    fleet.advance(START + 600)
    serving = fleet.serving("litellm")
    fleet.set_desired("litellm", 3, START + 700)
    fleet.set_desired("litellm", 2, START + 710)
    assert fleet.serving("litellm") == serving


def test_an_interrupted_spot_task_drains_too():
    """Its code is told as AWS tells it."""
    fleet = fleet_of(1)
    fleet.advance(START + 600)
    (task,) = fleet.serving("litellm")
    fleet.stop_task(task.task_id, Stop("SpotInterruption", "Your Spot Task was interrupted."), START + 700)
    (draining,) = fleet.draining("litellm")
    assert draining.stop.code == "SpotInterruption"
