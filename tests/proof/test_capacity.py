"""A running gateway whose users grow in number, minute by minute: its bounds move ahead of CPU.

`steady` is created once. The tests follow one another as its day does.
"""

from dataclasses import asdict

import pytest

from local.demo.chain import chain_to, happened
from local.demo.connection import Connection
from local.demo.record import Record, is_about
from local.demo.running import Running
from stargate.domain.scaling.capacity import SATURATED_CPU
from tests.e2e.patience import wait_until
from tests.e2e.standing import standing

pytestmark = pytest.mark.cloud

STEADY = {"name": "steady", "preset": "sandbox", "overrides": {"network": {"cidr": "10.47.0.0/16"}}}
MINUTE = 60.0
LOOPS_CHAIN = ["decision", "action", "verification"]
NEEDED = 3  # tasks


@pytest.fixture(scope="module")
def environment(api):
    """A gateway that is READY; deleted when all was told."""
    with standing(api, STEADY) as document:
        yield document


@pytest.fixture(scope="module")
def running(cloud, environment):
    """The gateway as AWS's services and the twin see it."""
    return Running(Connection(**asdict(cloud)), environment["name"])


@pytest.fixture(scope="module")
def record(api, witness, environment):
    """What the control plane wrote down of it."""
    return Record(api, witness, environment)


@pytest.fixture(scope="module")
def risen(running):
    """Sixty users, then ten more each minute until there are 120: when the rise began."""
    running.set_users(60)
    passes(running, 8)
    began = running.now()
    for users in range(70, 121, 10):
        running.set_users(users)
        passes(running, 1)
    return began


def passes(running, minutes):
    until = running.now() + minutes * MINUTE
    wait_until(lambda: running.now() >= until, f"{minutes} minutes of the twin have passed")


def first(record, since, kind, holds):
    """The first entry of a kind for which it holds, once there is one."""
    found = []

    def is_there():
        found[:] = [one for one in record.ledger(since) if one["kind"] == kind and holds(one)]
        return bool(found)

    wait_until(is_there, f"such a {kind} is in the ledger")
    return found[0]


def verified_move(record, since, wanted):
    """Behind the first such move of the outer loop that was decided since then and is verified by now.

    One that the next followed before it could be seen is never verified.
    """
    found = []

    def is_there():
        ledger = record.ledger(since)
        chains = [chain_to(one, ledger) for one in ledger if is_about(one, "verification", "move_bounds")]
        # A signal may have asked for the look.
        moved = (one for one in chains if one.kinds[-3:] == LOOPS_CHAIN)
        found[:] = [one for one in moved if wanted(one.entries[-3]["detail"])]
        return bool(found)

    wait_until(is_there, "such a move is verified")
    return found[0]


def moves(detail):
    return detail.get("action") == "move_bounds" and detail.get("verdict") == "move"


def adds_tasks(detail):
    return moves(detail) and detail["target"]["minimum"] > detail["was"]["minimum"]


def test_a_steady_rise_moves_the_bounds_ahead_of_cpu(risen, running, record, measured):
    """The third task is ordered before CPU is used up, and its alarm has nothing to do."""
    chain = verified_move(record, risen, adds_tasks)
    assert chain.entries[-1]["detail"]["outcome"] == "reached"
    ordered = happened(first(record, risen, "decision", lambda one: adds_tasks(one["detail"])))
    highest = max((cpu for at, cpu in running.cpu_minutes(risen) if at + MINUTE <= ordered), default=0.0)
    measured(f"highest minute of CPU before the third task was ordered: {highest:.0f} %")
    assert highest < SATURATED_CPU
    assert running.bounds().minimum >= NEEDED
    assert record.count("decision", "raise_bound") == 0


def test_capacity_tells_what_the_loop_saw(risen, api, running):
    """By the API: the usual request is the twin's, and what is wanted is what the bounds are."""
    tell = lambda: api.get("/environments/steady/capacity", users="300", model="haiku").document  # noqa: E731
    wait_until(
        lambda: tell()["loop"]["wanted"] == asdict(running.bounds()), "bounds are as the loop wants them"
    )
    found = tell()
    assert found["usual_request"]["output_tokens"] == pytest.approx(40, rel=0.2)
    assert found["what_if"]["breaks_first"]
