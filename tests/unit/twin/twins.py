"""A running gateway, as the tests of the twin begin with it: tasks that stand, users who have settled in."""

import random
from dataclasses import replace

from local.twin import PARAMETERS, Gateway
from local.twin.fleet import DeploymentRules, Fleet, TaskSize
from local.twin.fleet.timing import AT_ONCE, FARGATE

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
SIZE = TaskSize(2048, 4096)
START = 1_800_000_000.0  # a whole minute
LITELLM_ALONE = replace(PARAMETERS, task=replace(PARAMETERS.task, admission=False))
RULES = DeploymentRules(drain_seconds=110)


def fleet_of(tasks, *, seed=7, timing=AT_ONCE, at=START, size=SIZE):
    fleet = Fleet(random.Random(seed), ZONES, timing)  # noqa: S311 - decides nothing secret
    if tasks is not None:
        fleet.add_service("litellm", size, tasks, at, RULES)
    return fleet


def gateway_of(tasks, *, users=0, seed=7, parameters=PARAMETERS, arrivals=None, size=SIZE):
    """A gateway of so many tasks, which serve at once; a task that is started later takes a minute."""
    fleet = fleet_of(tasks, seed=seed, timing=AT_ONCE, size=size)
    gateway = Gateway(fleet, parameters, random.Random(seed), START, arrivals)  # noqa: S311 - as above
    gateway.set_users(users)
    gateway.advance(START + 2)
    fleet._timing = FARGATE
    return gateway


def after(gateway, seconds):
    """Let so many seconds pass; answer what was measured in them."""
    gateway.advance(gateway.at + seconds)
    return gateway.take_readings()


def settled(tasks, users, **options):
    """A gateway whose users have come to their rhythm, ten minutes after they came."""
    gateway = gateway_of(tasks, users=users, **options)
    gateway.advance(START + 600)
    gateway.take_readings()
    return gateway


def of(readings, subject, measure, period=60):
    """The samples of one measure, in order."""
    return [
        reading.samples
        for reading in readings
        if (reading.subject, reading.measure, reading.period) == (subject, measure, period)
    ]


def total(readings, subject, measure):
    return sum(samples.total for samples in of(readings, subject, measure))


def mean(readings, subject, measure, period=60):
    found = of(readings, subject, measure, period)
    return sum(samples.total for samples in found) / sum(samples.count for samples in found)


def adds_up(totals):
    return totals.started == totals.completed + totals.failed + totals.in_flight
