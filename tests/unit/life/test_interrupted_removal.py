"""A removal that is stopped after any of its deeds: asked for again it comes to the same end."""

from __future__ import annotations

import itertools

import pytest

from stargate.domain.environment import Status
from stargate.domain.gateway.graph import PLAIN
from stargate.domain.life.ends import Farewell, Kept
from stargate.errors import EnvironmentBusyError
from stargate.usecases.provisioning.check_retired import CheckRetired
from stargate.usecases.provisioning.dispose_data import DisposeData
from stargate.usecases.provisioning.release_common import ReleaseCommon
from tests import fakes
from tests.unit.life.test_updates import Workshop

STACKS = len(PLAIN.stacks)
DEEDS = STACKS + STACKS + 4  # each is asked for, each goes, and what comes after them
FAREWELL = Farewell(final_snapshot=True, secrets_recovery=False)


class Removal(Workshop):
    """What the workflow has done, deed by deed, with what CloudFormation does meanwhile."""

    def __post_init__(self):
        super().__post_init__()
        self.lift_protection()
        secret = Kept("secret", "stargate-sandbox/salt", "arn:secret", "us-east-1")
        snapshot = Kept("snapshot", "stargate-sandbox-snapshot", "arn:snapshot", "us-east-1", size_gb=100)
        self.remains = fakes.FakeRemains(self.clock, [secret, snapshot])
        self.inventory = fakes.FakeInventory({})
        self.sharers = fakes.FakeSharers()

    def deeds(self):
        for node in self.environment.graph.reversed().stacks:
            self.call(node.name)
            yield node.name
        while going := self.going():
            self.is_gone(going[0])
            yield going[0]
        attempt = self.environment.environment_id, self.environment.attempt
        yield DisposeData(self.environments, self.remains)(*attempt)
        yield ReleaseCommon(self.environments, self.stacks, self.sharers, self.remains)(*attempt)
        self.inventory.left = {"us-east-1": sorted(one.arn for one in self.remains.left)}
        yield CheckRetired(self.environments, self.stacks, self.inventory, self.remains)(*attempt)
        yield self.settled(Status.RETIRED)

    def going(self):
        stacks = self.stacks.stacks.values()
        return [stack.name.split("-", 2)[2] for stack in stacks if stack.status == "DELETE_IN_PROGRESS"]

    def departs(self, deeds=None):
        """As far as so many deeds, or to its end."""
        self.environment = self.retire("sandbox", FAREWELL)
        for _ in itertools.islice(self.deeds(), deeds):
            pass

    def is_stopped(self):
        return self.settled(Status.FAILED, "Stopped", "by hand")


@pytest.fixture
def removal():
    return Removal()


@pytest.mark.parametrize("deeds", range(DEEDS))
def test_it_ends_the_same_wherever_it_was_stopped(removal, deeds):
    """FAILED in between; at the end every stack was deleted once, and nothing is left but what was to be."""
    removal.departs(deeds)
    assert removal.is_stopped() is Status.FAILED
    removal.departs()
    document = removal.show.one("sandbox")
    assert (document["status"], [one["kind"] for one in document["kept"]]) == ("RETIRED", ["snapshot"])
    assert removal.stacks.stacks == {}
    assert len(removal.stacks.deleted) == len(set(removal.stacks.deleted)) == STACKS


@pytest.mark.parametrize("deeds", range(STACKS, STACKS + STACKS, 3))
def test_what_goes_while_nobody_listens_is_found_gone(removal, deeds):
    """CloudFormation goes on by itself, and its events come for an attempt that is over."""
    removal.departs(deeds)
    removal.is_stopped()
    for name in removal.going():
        removal.is_gone(name, told=False)
    removal.departs()
    assert removal.show.one("sandbox")["status"] == "RETIRED"
    assert removal.stacks.stacks == {}


def test_a_removal_out_of_an_update_is_not_taken_back(removal):
    """An update that fails goes back; what was to go, and was stopped, waits to be asked for again."""
    removal.update(overrides={"litellm": {"max_tasks": 5}})
    removal.departs(3)
    assert removal.is_stopped() is Status.FAILED
    assert removal.show.one("sandbox")["held_by"] is None


def test_a_name_that_goes_is_busy_whatever_is_asked_for(removal):
    """Another specification would be refused anyway; what helps is to wait."""
    removal.retire("sandbox", FAREWELL)
    with pytest.raises(EnvironmentBusyError, match=r"retire since .*ask again once it is RETIRED"):
        removal.ask(overrides={"litellm": {"max_tasks": 3}})


def test_another_farewell_than_that_under_way_is_refused(removal):
    """It would be heard too late, or not at all: said with what is being done, and how to give it up."""
    removal.retire("sandbox", FAREWELL)
    assert removal.retire("sandbox", FAREWELL).status is Status.RETIRING
    assert removal.retire("sandbox").status is Status.RETIRING
    with pytest.raises(EnvironmentBusyError, match="with a last snapshot and without the secrets' window"):
        removal.retire("sandbox", Farewell(final_snapshot=False, secrets_recovery=False))
