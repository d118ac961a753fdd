"""A running gateway whose users grow in number, minute by minute: its bounds move ahead of CPU.

`steady` is created once. The tests follow one another as its day does.
"""

from dataclasses import asdict

import pytest

from local.demo.chain import chain_to, happened
from local.demo.connection import Connection
from local.demo.record import Record
from local.demo.running import Running
from tests.e2e.patience import wait_until
from tests.e2e.standing import standing

pytestmark = pytest.mark.cloud

STEADY = {"name": "steady", "preset": "sandbox", "overrides": {"network": {"cidr": "10.47.0.0/16"}}}
TARGET_CPU = 70
MINUTE = 60.0


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


def test_a_steady_rise_moves_the_bounds_ahead_of_cpu(risen, running, record):
    """The third task is ordered while CPU is below what target tracking waits for, and no alarm is needed."""
    wait_until(lambda: record.last("verification", "move_bounds", risen) is not None, "a move is verified")
    chain = chain_to(record.last("verification", "move_bounds", risen), record.ledger(risen))
    assert chain.kinds == ["decision", "action", "verification"]
    assert chain.entries[-1]["detail"]["outcome"] == "reached"
    ordered = happened(next(one for one in record.ledger(risen) if one["detail"].get("verdict") == "move"))
    before = [cpu for at, cpu in running.cpu_minutes(risen) if at + MINUTE <= ordered]
    assert max(before, default=0.0) < TARGET_CPU
    assert running.bounds().minimum >= 3
    assert record.count("decision", "raise_bound") == 0


def test_capacity_tells_what_the_loop_saw(risen, api, running):
    """By the API: the usual request is the twin's, and what is wanted is what the bounds are."""
    found = api.get("/environments/steady/capacity", users="300", model="haiku").document
    assert found["loop"]["wanted"]["minimum"] == running.bounds().minimum
    assert found["usual_request"]["output_tokens"] == pytest.approx(40, rel=0.2)
    assert found["what_if"]["breaks_first"]
