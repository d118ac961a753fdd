"""Stacks that got stuck, and what AWS offers to free them: here they can be brought into each such state."""

import asyncio

import pytest
from ministack.services import ec2

from tests.contract import ministack_in_process

NAME = "stargate-one"


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.setenv("STARGATE_SEED", "7")
    with ministack_in_process.cloud() as made:
        yield made


def group(name, words):
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name, "RetentionInDays": words}}


BEFORE = {"First": group("/one/first", 1), "Second": {**group("/one/second", 1), "DependsOn": "First"}}
AFTER = {"First": group("/one/first", 7), "Second": {**group("/one/second", 7), "DependsOn": "First"}}


def fault(resource, when):
    return {"stack": NAME, "resource": resource, "when": when, "reason": f"no {when} today"}


async def stuck_update(cloud):
    """The second resource is not updated, and the first does not go back."""
    await cloud.create(NAME, BEFORE)
    cloud.faults.add(fault("Second", "update"))
    cloud.faults.add(fault("First", "rollback"))
    return await cloud.update(NAME, AFTER)


def test_an_update_that_cannot_go_back_is_stuck_at_the_resource_that_did_not(cloud):
    """UPDATE_ROLLBACK_FAILED, with the resource and its own words after the roll-back's beginning."""
    stack = asyncio.run(stuck_update(cloud))
    told = cloud.told(NAME)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    began = next(n for n, event in enumerate(told) if event[1] == "UPDATE_ROLLBACK_IN_PROGRESS")
    assert ("Second", "UPDATE_FAILED", "no update today") in told[:began]
    assert ("First", "UPDATE_FAILED", "no rollback today") in told[began:]


def test_a_rollback_is_continued_once_the_cause_is_mended(cloud):
    """What was changed goes back to what it was."""

    async def story():
        await stuck_update(cloud)
        cloud.faults.clear({})
        await cloud.ask("ContinueUpdateRollback", StackName=NAME)
        return await cloud.settled(NAME, "UPDATE_")

    stack = asyncio.run(story())
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stack["_resources"]["First"]["Properties"]["RetentionInDays"] == 1


def test_a_rollback_is_continued_without_what_it_is_stuck_at(cloud):
    """The resource is passed over as it is, although its cause was not mended."""

    async def story():
        await stuck_update(cloud)
        await cloud.ask("ContinueUpdateRollback", StackName=NAME, **{"ResourcesToSkip.member.1": "First"})
        return await cloud.settled(NAME, "UPDATE_")

    assert asyncio.run(story())["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert ("First", "UPDATE_COMPLETE", "Resource rollback skipped by user") in cloud.told(NAME)


def test_a_deletion_is_stuck_until_the_resource_is_retained(cloud):
    """DELETE_FAILED again and again; told to leave the resource, the stack goes."""

    async def story():
        await cloud.create(NAME, {"Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}}})
        cloud.faults.add(fault("Address", "delete"))
        statuses = [(await cloud.delete(NAME))["StackStatus"] for _ in range(2)]
        retained = {"RetainResources.member.1": "Address"}
        return [*statuses, (await cloud.delete(NAME, **retained))["StackStatus"]]

    before = len(ec2._addresses)
    assert asyncio.run(story()) == ["DELETE_FAILED", "DELETE_FAILED", "DELETE_COMPLETE"]
    assert len(ec2._addresses) == before + 1


def test_a_creation_that_cannot_be_taken_back_is_stuck(cloud):
    """ROLLBACK_FAILED, from where a stack can only be deleted."""

    async def story():
        cloud.faults.add(fault("Second", "create"))
        cloud.faults.add(fault("First", "delete"))
        stuck = (await cloud.create(NAME, BEFORE))["StackStatus"]
        cloud.faults.clear({})
        return stuck, (await cloud.delete(NAME))["StackStatus"]

    assert asyncio.run(story()) == ("ROLLBACK_FAILED", "DELETE_COMPLETE")


def test_a_fault_of_no_operation_is_refused(cloud):
    """With those that there are."""
    with pytest.raises(ValueError, match="one of create, update, rollback, delete"):
        cloud.faults.add(fault("First", "sometimes"))
