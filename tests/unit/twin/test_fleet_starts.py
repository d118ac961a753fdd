"""Tasks of a service start after a delay, spread over the zones, and are replaced."""

import pytest

from local.twin.fleet import Status, Stop, TaskChanged
from tests.unit.twin.fleets import KILLED, RULES, SIZE, START, ZONES, fleet_of, states


def test_a_task_passes_its_states_in_order_and_runs_after_about_a_minute():
    """The delay is that of the public events named in fleet/timing.py, within its spread."""
    delays = []
    for seed in range(20):
        fleet = fleet_of(1, seed)
        happenings = fleet.advance(START + 600)
        (task,) = fleet.tasks("litellm")
        passed = list(dict.fromkeys(status for status, _ in states(happenings, task.task_id)))
        assert passed == [Status.PROVISIONING, Status.PENDING, Status.ACTIVATING, Status.RUNNING]
        delays.append(task.started_at - START)
    assert 54 < sum(delays) / len(delays) < 66
    assert min(delays) > 40
    assert max(delays) < 90


def test_a_task_takes_requests_only_once_the_balancer_trusts_it():
    """A running task is not yet a serving one: it boots and passes its health checks first."""
    fleet = fleet_of(1)
    happenings = fleet.advance(START + 600)
    (task,) = fleet.tasks("litellm")
    assert 15 < task.healthy_at - task.started_at < 45
    assert fleet.serving("litellm") == [task]
    running_at = next(at for status, at in states(happenings, task.task_id) if status is Status.RUNNING)
    again = fleet_of(1)
    again.advance(running_at + 1)
    assert again.tasks("litellm")[0].status is Status.RUNNING
    assert again.serving("litellm") == []


@pytest.mark.parametrize("desired", [2, 3, 4, 6])
def test_tasks_are_spread_evenly_over_the_zones(desired):
    """No zone has more than one task more than another."""
    fleet = fleet_of(desired)
    fleet.advance(START + 600)
    counts = [sum(task.zone == zone for task in fleet.tasks("litellm")) for zone in ZONES]
    assert max(counts) - min(counts) <= 1


def test_a_task_that_dies_is_replaced_in_its_zone():
    """It takes no requests from the moment it dies; the service is steady again with another one."""
    fleet = fleet_of(3)
    fleet.advance(START + 600)
    victim = fleet.serving("litellm")[0]
    fleet.stop_task(victim.task_id, KILLED, START + 700)
    assert victim.task_id not in {task.task_id for task in fleet.serving("litellm")}
    happenings = fleet.advance(START + 1200)
    assert [status for status, _ in states(happenings, victim.task_id)] == [
        Status.DEPROVISIONING,
        Status.STOPPED,
    ]
    assert len(fleet.serving("litellm")) == 3
    assert {task.zone for task in fleet.serving("litellm")} == set(ZONES)
    stopped = [h.task for h in happenings if isinstance(h, TaskChanged) and h.task.status is Status.STOPPED]
    assert stopped[0].stop == KILLED
    assert happenings[-1].name == "SERVICE_STEADY_STATE"


def test_a_task_that_was_stopped_twice_stops_once():
    """A second order for a task that is going changes nothing."""
    fleet = fleet_of(1)
    fleet.advance(START + 600)
    (task,) = fleet.tasks("litellm")
    first, second = Stop("UserInitiated", "first"), Stop("UserInitiated", "second")
    fleet.stop_task(task.task_id, first, START + 700)
    fleet.stop_task(task.task_id, second, START + 701)
    happenings = fleet.advance(START + 1200)
    stopped = [h.task for h in happenings if isinstance(h, TaskChanged) and h.task.status is Status.STOPPED]
    assert [task.stop.reason for task in stopped] == ["first"]


def test_what_is_unknown_is_refused():
    """A task that is gone and a service that never was raise KeyError; a name that is taken ValueError."""
    fleet = fleet_of(1)
    with pytest.raises(KeyError):
        fleet.stop_task("nobody", KILLED, START + 1)
    with pytest.raises(KeyError):
        fleet.set_desired("grafana", 1, START + 1)
    with pytest.raises(ValueError, match="litellm"):
        fleet.add_service("litellm", SIZE, 1, START + 1, RULES)


def test_the_same_seed_gives_the_same_run_however_often_it_is_looked_at():
    """Chance is drawn by what happens, not by how time is cut into steps."""
    whole = fleet_of(4)
    whole.set_desired("litellm", 2, START + 300)
    once = whole.advance(START + 900)
    stepped = fleet_of(4)
    steps = [h for second in range(300) for h in stepped.advance(START + second)]
    stepped.set_desired("litellm", 2, START + 300)
    steps += [h for second in range(300, 901) for h in stepped.advance(START + second)]
    assert steps == once
    assert fleet_of(4, seed=8).advance(START + 900) != fleet_of(4).advance(START + 900)


def test_nothing_is_due_once_a_service_is_steady():
    """So hours in which nothing happens cost nothing."""
    fleet = fleet_of(2)
    fleet.advance(START + 600)
    assert fleet.next_at() is None
