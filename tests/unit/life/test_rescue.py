"""A stack that CloudFormation takes neither forward nor back: tried again, then freed by a person's word."""

from __future__ import annotations

import json

import pytest

from stargate.domain.environment import Status
from stargate.errors import (
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    InvalidRequestError,
    StackRefusedError,
)
from stargate.usecases.life.begin_work import BeginWork
from stargate.usecases.life.resume_environment import ResumeEnvironment
from tests.unit.life.test_updates import LARGER, MORE, Workshop

DATA, NETWORK = "stargate-sandbox-data", "stargate-sandbox-network"


class Rescue(Workshop):
    def __post_init__(self):
        super().__post_init__()
        begin = BeginWork(
            self.environments,
            self.operations,
            self.workflows,
            self.clock,
            self.identifiers,
            self.narrator("someone"),
        )
        self.resumed = ResumeEnvironment(self.environments, self.manifests, begin)

    def resume(self, **skip):
        self.environment = self.resumed("sandbox", {"skip": skip} if skip else {})
        self.callbacks.answers.clear()

    def sticks(self, resource="First"):
        """Data's update has failed and does not go back."""
        self.stacks.stick(DATA, resource, "the disk is gone")
        self.stack_event("data", "UPDATE_ROLLBACK_FAILED")

    def goes_back(self):
        self.stacks.roll_back(DATA)
        self.stack_event("data", "UPDATE_ROLLBACK_COMPLETE")

    def failure_of(self, name):
        error, cause = self.failed(name)
        return error, cause, json.loads(cause)

    def is_stuck(self):
        """An update that failed, was continued, taken back and continued again, and is FAILED by now."""
        self.update(overrides=LARGER)
        self.sticks()
        self.sticks()
        self.settled(Status.FAILED, *self.failed("data"))
        self.callbacks.answers.clear()
        self.go()
        self.sticks()
        self.settled(Status.FAILED, *self.failed("data"))
        self.environment = self.now()


@pytest.fixture
def rescue():
    return Rescue()


def test_a_rollback_that_failed_is_continued_once_by_itself(rescue):
    """What kept it may have passed; then the update is told to have failed, in the first resource's words."""
    rescue.update(overrides=LARGER)
    rescue.sticks()
    assert rescue.stacks.continued == [DATA]
    rescue.goes_back()
    error, cause, failure = rescue.failure_of("data")
    assert failure["reason"] == "no capacity"
    assert rescue.settled(Status.FAILED, error, cause) is Status.UPDATING
    rescue.go()
    assert rescue.settled(Status.READY) is Status.READY


def test_what_it_is_stuck_at_is_told_with_the_way_out(rescue):
    """FAILED with the resource, its own words, and the request that would pass it over."""
    rescue.is_stuck()
    document = rescue.show.one("sandbox")
    assert (document["status"], document["failure"]["stuck"]) == ("FAILED", ["First"])
    assert document["failure"]["reason"].startswith("the disk is gone. The stack is UPDATE_ROLLBACK_FAILED")
    assert '{"skip": {"data": ["First"]}}' in document["failure"]["reason"]


def test_resuming_continues_it_again_when_the_cause_is_mended(rescue):
    """Without a word about what to pass over."""
    rescue.is_stuck()
    rescue.resume()
    rescue.go()
    assert rescue.stacks.stacks[DATA].spared == ()
    rescue.goes_back()
    assert rescue.answered() == set(rescue.environment.graph.names)
    assert rescue.settled(Status.READY) is Status.READY


def test_resuming_passes_over_what_a_person_names(rescue):
    """The stack goes on without it, the ledger says so, and the next attempt knows nothing of it."""
    rescue.is_stuck()
    rescue.resume(data=["First"])
    rescue.go()
    assert rescue.stacks.stacks[DATA].spared == ("First",)
    rescue.goes_back()
    assert rescue.settled(Status.READY) is Status.READY
    words = "data: it is UPDATE_ROLLBACK_FAILED, and goes on going back without First, as somebody asked"
    assert words in rescue.summaries()
    rescue.patch(overrides=MORE)
    assert rescue.now().skips == {}


def test_a_second_call_of_the_same_rescue_does_no_harm(rescue):
    """CloudFormation refuses what is under way already; that is no failure."""
    rescue.is_stuck()
    rescue.resume()
    real, refused = rescue.stacks.continue_rollback, []

    def twice(*order):
        real(*order)
        refused.append(order)
        real(*order)

    rescue.stacks.continue_rollback = twice
    rescue.go()
    assert len(refused) == 1
    assert not [answer for answer in rescue.answers("data") if answer[1] != "succeeded"]


def test_a_deletion_goes_on_without_what_a_person_names(rescue):
    """What is retained is left behind; what keeps failing is told anew."""
    rescue.begin_retire()
    while names := [s.name for s in rescue.stacks.stacks.values() if s.status == "DELETE_IN_PROGRESS"]:
        if names == [NETWORK]:
            break
        rescue.is_gone(next(name for name in names if name != NETWORK).split("-", 2)[2])
    rescue.stacks.fail_resource(NETWORK, "First", "AWS::EC2::VPC", "has dependencies", "DELETE_FAILED")
    rescue.stack_event("network", "DELETE_FAILED")
    rescue.settled(Status.FAILED, *rescue.failed("network"))
    rescue.resume(network=["First"])
    rescue.call("network")
    assert rescue.stacks.stacks[NETWORK].spared == ("First",)
    rescue.is_gone("network")
    assert "network is being deleted: it is DELETE_FAILED, and goes without First, as somebody asked" in (
        rescue.summaries()
    )


def test_remains_that_cannot_go_are_left_behind_and_the_stack_is_made_anew(rescue):
    """ROLLBACK_FAILED: deleted as far as it goes, then without what a person names, then created."""
    stack = rescue.stacks.stacks[DATA]
    rescue.settle(rescue.environment.environment_id, 1, Status.FAILED, "StackFailedError", "no")
    rescue.environment = rescue.table.environments[rescue.environment.environment_id]
    rescue.patch(overrides=LARGER)
    stack.status = "ROLLBACK_FAILED"
    rescue.go()
    assert stack.status == "DELETE_IN_PROGRESS"
    rescue.stacks.fail_resource(DATA, "First", "AWS::RDS::DBInstance", "in use", "DELETE_FAILED")
    rescue.stack_event("data", "DELETE_FAILED")
    assert rescue.failure_of("data")[2]["stuck"] == ["First"]
    rescue.settled(Status.FAILED, *rescue.failed("data"))
    rescue.environment = rescue.now()
    rescue.settled(Status.FAILED, "StackFailedError", "as before")
    rescue.resume(data=["First"])
    rescue.go()
    assert stack.spared == ("First",)
    rescue.is_gone("data")
    assert rescue.stacks.created.count(DATA) == 2


@pytest.mark.parametrize(
    ("skip", "paths"),
    [
        ({"kafka": ["First"]}, ["/skip/kafka"]),
        ({"data": ["Third", "First"]}, ["/skip/data/0"]),
        ({"data": []}, ["/skip/data"]),
        ({"data": "First"}, ["/skip/data"]),
        ({"prepare-database": ["First"]}, ["/skip/prepare-database"]),
        ([], ["/skip"]),
    ],
)
def test_what_is_not_there_cannot_be_passed_over(rescue, skip, paths):
    """Refused with what there is; nothing is begun."""
    rescue.is_stuck()
    with pytest.raises(InvalidRequestError) as refused:
        rescue.resumed("sandbox", {"skip": skip})
    assert [fault.path for fault in refused.value.faults] == paths
    assert rescue.now().status is Status.FAILED


def test_nothing_is_passed_over_while_work_is_under_way(rescue):
    """A plain resume of what runs starts nothing; one that names something is refused."""
    rescue.update(overrides=LARGER)
    assert rescue.resumed("sandbox", {}).attempt == rescue.environment.attempt
    with pytest.raises(EnvironmentBusyError, match="when what FAILED is resumed"):
        rescue.resumed("sandbox", {"skip": {"data": ["First"]}})


def test_of_a_name_that_nobody_has_nothing_is_resumed(rescue):
    """As every verb."""
    with pytest.raises(EnvironmentNotFoundError):
        rescue.resumed("nobody", {})


def test_what_aws_will_not_pass_over_fails_with_its_words(rescue):
    """It takes only resources whose roll-back failed."""
    rescue.is_stuck()
    rescue.resume(data=["Second"])

    def refuse(*_):
        raise StackRefusedError("Second cannot be skipped")

    rescue.stacks.continue_rollback = refuse
    rescue.go()
    assert rescue.failure_of("data")[2]["reason"] == "Second cannot be skipped"
