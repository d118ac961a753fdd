"""The capacity model asked on the twin: what a crowd measures must name the tasks that the crowd needs."""

from __future__ import annotations

import random

import pytest

from local.twin import PARAMETERS, Gateway
from local.twin.fleet import DeploymentRules, Fleet, TaskSize
from stargate.domain.operating.facts import Minute
from stargate.domain.scaling.capacity import TARGET_CPU, tasks_needed

FIELDS = {
    ("service:litellm", "cpu"): "cpu",
    ("targets:litellm", "healthy"): "tasks",
    ("targets:litellm", "response_seconds"): "response_seconds",
}


def measured(tasks, *crowds):
    """The last quarter of an hour of a gateway: each crowd stays for ten minutes."""
    chance = random.Random(7)  # noqa: S311  (the same crowd each time)
    fleet = Fleet(chance, ["a", "b", "c"])
    fleet.add_service("litellm", TaskSize(2048, 4096), tasks, 0.0, DeploymentRules(100, 200, True, 90, 110))  # noqa: FBT003
    gateway, found = Gateway(fleet, PARAMETERS, chance, 0.0), {}
    for number, users in enumerate(crowds, 1):
        gateway.set_users(users)
        gateway.advance(600.0 * number)
    for reading in gateway.take_readings():
        name = FIELDS.get((reading.subject, reading.measure))
        if name is not None and reading.period == 60:
            found.setdefault(reading.at, {})[name] = reading.samples.total / reading.samples.count
    return [Minute(at, **values) for at, values in sorted(found.items())][-15:]


def needed_truly(users):
    """The fewest tasks at which this crowd stays at or below the target; no task bears sixty users."""
    counts = range(users // 60 + 1, 14)
    return next(n for n in counts if measured(n, users)[-1].cpu <= TARGET_CPU + 0.5)


@pytest.mark.parametrize(
    ("before", "users", "tasks"), [(60, 70, 2), (60, 90, 2), (60, 100, 2), (150, 200, 4)]
)
def test_while_cpu_shows_the_demand_the_estimate_is_right(before, users, tasks):
    """One look is enough."""
    assert tasks_needed(measured(tasks, before, users)).tasks == needed_truly(users)


@pytest.mark.parametrize(("before", "users", "tasks"), [(60, 120, 2), (60, 150, 2), (150, 300, 4)])
def test_where_cpu_is_used_up_the_estimate_is_one_too_many_at_most(before, users, tasks):
    """Too few would need a second look, and people wait."""
    assert 0 <= tasks_needed(measured(tasks, before, users)).tasks - needed_truly(users) <= 1


def test_a_crowd_far_beyond_is_reached_in_two_looks_to_one_task():
    """Five times as many: the stretch is bounded, and the second look sees what is left."""
    truly, first = needed_truly(300), tasks_needed(measured(2, 60, 300)).tasks
    second = tasks_needed(measured(first, 60, 300)).tasks
    assert 2 < first < second
    assert abs(second - truly) <= 1
