"""CloudFormation of the local cloud: order, time, failures, events and rights are AWS's."""

import asyncio
import json

import pytest
from ministack.services import ec2, rds

from tests.contract import ministack_in_process
from tests.contract.samples import members, sample


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.setenv("STARGATE_SEED", "7")
    with ministack_in_process.cloud() as made:
        yield made


VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}
ADDRESS = {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}}


def subnet(cidr):
    return {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": cidr}}


def at(told, logical_id, status):
    return next(n for n, event in enumerate(told) if event[:2] == (logical_id, status))


def test_independent_resources_start_side_by_side_and_dependents_wait(cloud):
    """Both subnets begin after the VPC stands, and each before the other is done."""
    resources = {"Vpc": VPC, "One": subnet("10.9.1.0/24"), "Two": subnet("10.9.2.0/24")}
    stack = asyncio.run(cloud.create("stargate-one", resources))
    told = cloud.told("stargate-one")
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    begun = [at(told, name, "CREATE_IN_PROGRESS") for name in ("One", "Two")]
    assert at(told, "Vpc", "CREATE_COMPLETE") < min(begun)
    assert max(begun) < min(at(told, name, "CREATE_COMPLETE") for name in ("One", "Two"))


def test_a_resource_tells_its_physical_id_before_it_is_complete(cloud):
    """AWS's three events per resource, in AWS's order."""
    asyncio.run(cloud.create("stargate-one", {"Vpc": VPC}))
    assert [event[1:] for event in cloud.told("stargate-one") if event[0] == "Vpc"] == [
        ("CREATE_IN_PROGRESS", ""),
        ("CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("CREATE_COMPLETE", ""),
    ]


def test_an_injected_failure_cancels_the_others_and_rolls_back(cloud):
    """The named resource fails with the given words; what was under way is cancelled; nothing is left."""
    before = set(ec2._addresses)
    resources = {
        "Slow": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "postgres"}},
        "Bad": ADDRESS,
    }
    cloud.faults.add({"stack": "stargate-one", "resource": "Bad", "reason": "no address left"})
    stack = asyncio.run(cloud.create("stargate-one", resources))
    told = cloud.told("stargate-one")
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("Bad", "CREATE_FAILED", "no address left") in told
    assert ("Slow", "CREATE_FAILED", "Resource creation cancelled") in told
    reason = "The following resource(s) failed to create: [Bad, Slow]. Rollback requested by user."
    assert ("stargate-one", "ROLLBACK_IN_PROGRESS", reason) in told
    assert (before, {}) == (set(ec2._addresses), stack["_resources"])


def test_a_fault_taken_back_strikes_no_more(cloud):
    """The same stack comes up once the fault is cleared."""

    async def story():
        cloud.faults.add({"stack": "stargate-one", "resource": "Bad", "reason": "no"})
        await cloud.create("stargate-one", {"Bad": ADDRESS})
        await cloud.delete("stargate-one")
        cloud.faults.clear({})
        return await cloud.create("stargate-one", {"Bad": ADDRESS})

    assert asyncio.run(story())["StackStatus"] == "CREATE_COMPLETE"


def test_deleting_takes_dependents_first_and_leaves_nothing(cloud):
    """The VPC goes after its subnet."""

    async def story():
        await cloud.create("stargate-one", {"Vpc": VPC, "One": subnet("10.9.1.0/24")})
        return await cloud.delete("stargate-one")

    stack = asyncio.run(story())
    told = cloud.told("stargate-one")
    assert stack["StackStatus"] == "DELETE_COMPLETE"
    assert at(told, "One", "DELETE_COMPLETE") < at(told, "Vpc", "DELETE_IN_PROGRESS")


def test_a_stack_still_coming_up_can_be_deleted(cloud):
    """Its creation is cancelled first, and nothing of it is left."""

    async def story():
        template = json.dumps({"Resources": {"Slow": {"Type": "AWS::RDS::DBInstance", "Properties": {}}}})
        await cloud.ask("CreateStack", StackName="stargate-one", TemplateBody=template)
        await asyncio.sleep(0.01)
        return await cloud.delete("stargate-one")

    assert asyncio.run(story())["StackStatus"] == "DELETE_COMPLETE"
    assert not rds._instances


def test_only_stargates_stacks_take_their_time(cloud):
    """A database of fourteen minutes is at once there in a stack of another name."""

    async def story():
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await cloud.create("stargate", {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {}}})
        return loop.time() - begun

    assert asyncio.run(story()) < 0.1


def test_a_resource_without_the_right_fails_with_its_denial(cloud):
    """Each operation is asked for with its type; a refusal is the resource's reason."""
    cloud.denied.add(("create", "AWS::EC2::EIP"))
    stack = asyncio.run(cloud.create("stargate-one", {"Address": ADDRESS}))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("Address", "CREATE_FAILED", "not authorized to create AWS::EC2::EIP") in cloud.told(
        "stargate-one"
    )


def test_a_refused_removal_leaves_the_stack_delete_failed(cloud):
    """The stack keeps what it may not delete, and says which."""

    async def story():
        await cloud.create("stargate-one", {"Address": ADDRESS})
        cloud.denied.add(("delete", "AWS::EC2::EIP"))
        return await cloud.delete("stargate-one")

    stack = asyncio.run(story())
    assert stack["StackStatus"] == "DELETE_FAILED"
    assert "Address" in stack["StackStatusReason"]


STACK_DETAIL = {"stack-id": "str", "status-details": "dict", "client-request-token": "str"}
RESOURCE_DETAIL = {
    **STACK_DETAIL,
    "logical-resource-id": "str",
    "physical-resource-id": "str",
    "resource-type": "str",
}


def test_events_have_the_shape_of_aws(cloud):
    """What goes to EventBridge has the members of AWS's two event types, and the stack as its resource."""
    asyncio.run(cloud.create("stargate-one", {"Vpc": VPC}))
    shapes = {kind: members(detail) for _, kind, _, detail in cloud.emitted}
    assert shapes == {
        "CloudFormation Stack Status Change": STACK_DETAIL,
        "CloudFormation Resource Status Change": RESOURCE_DETAIL,
    }
    assert {source for source, *_ in cloud.emitted} == {"aws.cloudformation"}
    assert all(
        resources == [detail["stack-id"]] and set(detail["status-details"]) == {"status", "status-reason"}
        for _, _, resources, detail in cloud.emitted
    )


@pytest.mark.shared_data
@pytest.mark.parametrize("kind", ["stack", "resource"])
def test_events_have_the_members_of_the_published_samples(cloud, kind):
    """Held against AWS's own samples: same members, same types."""
    seen = sample(f"cloudformation/cloudformation-{kind}-status-change.json")
    asyncio.run(cloud.create("stargate-one", {"Vpc": VPC}))
    details = [detail for _, name, _, detail in cloud.emitted if name == seen["detail-type"]]
    assert details
    assert all(members(seen["detail"]) == members(detail) for detail in details)
    assert all(
        members(seen["detail"]["status-details"]) == members(detail["status-details"]) for detail in details
    )
