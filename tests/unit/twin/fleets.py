"""A fleet of one service, as the tests of fleets begin with it."""

import random

from local.twin.fleet import DeploymentRules, Fleet, Stop, TaskChanged, TaskSize

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
SIZE = TaskSize(1024, 2048)
RULES = DeploymentRules(drain_seconds=60, healthy_seconds=26)
START = 1_000_000.0
KILLED = Stop("EssentialContainerExited", "OutOfMemoryError: container killed due to memory usage", 137)


def fleet_of(desired: int, seed: int = 7, rules: DeploymentRules = RULES) -> Fleet:
    fleet = Fleet(random.Random(seed), ZONES)  # noqa: S311 - decides delays, guards nothing
    fleet.add_service("litellm", SIZE, desired, START, rules)
    return fleet


def states(happenings, task_id):
    """(status, moment) of one task, in order."""
    changes = [happening for happening in happenings if isinstance(happening, TaskChanged)]
    return [(change.task.status, change.at) for change in changes if change.task.task_id == task_id]
