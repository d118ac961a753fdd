"""Deployments roll over, within their percentages; bad ones are rolled back."""

import pytest

from local.twin.fleet import DeploymentChanged, DeploymentRules, Rollout, Status
from tests.unit.twin.fleets import START, fleet_of

LATER = START + 700


def steady(desired: int, rules: DeploymentRules | None = None):
    fleet = fleet_of(desired, rules=rules or DeploymentRules(drain_seconds=60, healthy_seconds=26))
    fleet.advance(START + 600)
    return fleet


def rollouts(happenings):
    return [(h.deployment.deployment_id, h.state) for h in happenings if isinstance(h, DeploymentChanged)]


def watched(fleet, until):
    """(serving, holding a place) for each second."""
    seen = []
    while fleet.now < until:
        fleet.advance(fleet.now + 1)
        tasks = fleet.tasks("litellm")
        placed = [
            t for t in tasks if t.status not in {Status.DEACTIVATING, Status.DEPROVISIONING, Status.STOPPED}
        ]
        seen.append((len(fleet.serving("litellm")), len(placed)))
    return seen


def test_a_new_service_is_deployed():
    """Its first deployment is in progress until its tasks serve."""
    fleet = fleet_of(2)
    (deployment,) = fleet.deployments("litellm")
    assert rollouts(fleet.advance(START + 600)) == [
        (deployment.deployment_id, Rollout.IN_PROGRESS),
        (deployment.deployment_id, Rollout.COMPLETED),
    ]
    assert fleet.steady("litellm")


def test_a_rolling_deployment_keeps_all_that_is_desired_serving():
    """With 100 and 200 percent the new tasks stand before the old ones go."""
    fleet = steady(2)
    new = fleet.deploy("litellm", LATER)
    seen = watched(fleet, LATER + 400)
    assert min(serving for serving, _ in seen) == 2
    assert max(placed for _, placed in seen) == 4
    assert {task.deployment_id for task in fleet.tasks("litellm")} == {new}
    assert [d.state for d in fleet.deployments("litellm")] == [Rollout.COMPLETED]


def test_a_deployment_stays_below_its_maximum():
    """With 50 and 100 percent half of the old ones make room for the new ones."""
    fleet = steady(4, DeploymentRules(50, 100, drain_seconds=60, healthy_seconds=26))
    fleet.deploy("litellm", LATER)
    seen = watched(fleet, LATER + 1200)
    assert min(serving for serving, _ in seen) == 2
    assert max(placed for _, placed in seen) == 4
    assert [d.state for d in fleet.deployments("litellm")] == [Rollout.COMPLETED]


def test_a_single_writer_is_replaced_only_once_it_has_ended():
    """With 0 and 100 percent the old container has ended before the new one starts."""
    fleet = steady(1, DeploymentRules(0, 100, drain_seconds=0))
    fleet.deploy("litellm", LATER)
    seen = watched(fleet, LATER + 400)
    assert max(placed for _, placed in seen) == 1
    assert fleet.steady("litellm")


@pytest.mark.parametrize(("desired", "failures"), [(1, 3), (6, 3), (10, 5)])
def test_the_circuit_breaker_rolls_back(desired, failures):
    """After max(3, half of the desired) failures in a row the last completed one is the primary again."""
    fleet = steady(desired)
    (old,) = fleet.deployments("litellm")
    bad = fleet.deploy("litellm", LATER, crashing=True)
    happenings = fleet.advance(LATER + 1800)
    assert rollouts(happenings) == [
        (bad, Rollout.IN_PROGRESS),
        (bad, Rollout.FAILED),
        (old.deployment_id, Rollout.IN_PROGRESS),
        (old.deployment_id, Rollout.COMPLETED),
    ]
    failed = next(h for h in happenings if isinstance(h, DeploymentChanged) and h.state is Rollout.FAILED)
    assert failed.deployment.failed_tasks == failures
    assert failed.reason == "ECS deployment circuit breaker: tasks failed to start."
    assert {task.deployment_id for task in fleet.tasks("litellm")} == {old.deployment_id}


def test_without_the_breaker_a_bad_deployment_goes_on_trying():
    """The old tasks serve meanwhile."""
    fleet = steady(2, DeploymentRules(breaker=False, healthy_seconds=26))
    bad = fleet.deploy("litellm", LATER, crashing=True)
    happenings = fleet.advance(LATER + 1800)
    assert rollouts(happenings) == [(bad, Rollout.IN_PROGRESS)]
    assert len(fleet.serving("litellm")) == 2


def test_a_first_deployment_that_fails_starts_no_more_tasks():
    """There is nothing to go back to."""
    fleet = fleet_of(1)
    fleet.crash_from_now("litellm", 1)
    happenings = fleet.advance(START + 3600)
    assert rollouts(happenings)[-1][1] is Rollout.FAILED
    assert fleet.tasks("litellm") == []
    assert fleet.next_at() is None


def test_a_stopped_deployment_is_rolled_back():
    """Its tasks go, those of the deployment before it stay."""
    fleet = steady(2)
    (old,) = fleet.deployments("litellm")
    kept = {task.task_id for task in fleet.tasks("litellm")}
    new = fleet.deploy("litellm", LATER)
    fleet.advance(LATER + 30)
    fleet.stop_deployment("litellm", new, LATER + 30)
    assert rollouts(fleet.advance(LATER + 600)) == [
        (new, Rollout.FAILED),
        (old.deployment_id, Rollout.IN_PROGRESS),
        (old.deployment_id, Rollout.COMPLETED),
    ]
    assert {task.task_id for task in fleet.tasks("litellm")} == kept


def test_only_a_deployment_in_progress_can_be_stopped():
    """A completed one and one that has nothing before it are refused."""
    fleet = steady(1)
    (done,) = fleet.deployments("litellm")
    with pytest.raises(ValueError, match="not in progress"):
        fleet.stop_deployment("litellm", done.deployment_id, LATER)
    with pytest.raises(KeyError):
        fleet.stop_deployment("litellm", "ecs-svc/0", LATER)
    first = fleet_of(1)
    (only,) = first.deployments("litellm")
    with pytest.raises(ValueError, match="no completed deployment"):
        first.stop_deployment("litellm", only.deployment_id, START)


def test_a_service_of_none_is_steady():
    """An asleep service has nothing to wait for."""
    fleet = fleet_of(0)
    assert rollouts(fleet.advance(START + 60))[-1][1] is Rollout.COMPLETED


def test_a_deployment_that_is_overtaken_leaves_no_tasks():
    """The newest wins; the last completed one is still what a failure goes back to."""
    fleet = steady(2)
    (old,) = fleet.deployments("litellm")
    fleet.deploy("litellm", LATER)
    bad = fleet.deploy("litellm", LATER + 20, crashing=True)
    happenings = fleet.advance(LATER + 1800)
    assert (bad, Rollout.FAILED) in rollouts(happenings)
    assert rollouts(happenings)[-1] == (old.deployment_id, Rollout.COMPLETED)
