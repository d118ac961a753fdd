"""CloudFormation in our words, against answers that botocore holds to AWS's own model of the service.

The local cloud proves the same calls end to end; here are the refusals and shapes it does not send.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from stargate.adapters import aws
from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
from stargate.errors import StackExistsError, StackRefusedError, StackUnchangedError

NAME = "stargate-sandbox-network"
STACK_ID = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{NAME}/1"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    aws.client.cache_clear()
    with Stubber(aws.client("cloudformation", "us-east-1")) as stubber:
        yield stubber
    aws.client.cache_clear()


@pytest.fixture
def stacks():
    return CloudFormationStacks("arn:aws:iam::123456789012:role/service")


def create(stacks):
    url = "https://bucket.s3.us-east-1.amazonaws.com/gateway/1/stacks/network.yaml"
    return stacks.create("us-east-1", NAME, url, {"VpcCidr": "10.20.0.0/16"}, {"stargate:id": "abc"}, "abc-1")


def test_a_stack_is_described_in_our_words(cloud, stacks):
    """Status, tags and outputs."""
    stack = {
        "StackName": NAME,
        "StackId": STACK_ID,
        "CreationTime": NOW,
        "StackStatus": "CREATE_COMPLETE",
        "Tags": [{"Key": "stargate:id", "Value": "abc"}],
        "Outputs": [{"OutputKey": "VpcId", "OutputValue": "vpc-1"}],
    }
    cloud.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": NAME})
    observed = stacks.describe("us-east-1", NAME)
    assert (observed.stack_id, observed.status) == (STACK_ID, "CREATE_COMPLETE")
    assert observed.belongs_to("abc")
    assert observed.outputs == {"VpcId": "vpc-1"}


def test_a_stack_that_is_not_there_is_none(cloud, stacks):
    """CloudFormation has no error of its own for it, only a ValidationError with these words."""
    cloud.add_client_error("describe_stacks", "ValidationError", f"Stack with id {NAME} does not exist", 400)
    assert stacks.describe("us-east-1", NAME) is None


def test_the_names_of_all_stacks_there_are_come_a_hundred_at_a_time(cloud, stacks):
    """Every page of them, and none of those that are gone."""

    def page(name, **more):
        return {
            "StackSummaries": [{"StackName": name, "CreationTime": NOW, "StackStatus": "CREATE_COMPLETE"}],
            **more,
        }

    cloud.add_response("list_stacks", page("first", NextToken="more"), {"StackStatusFilter": ThereIs()})
    cloud.add_response("list_stacks", page("last"), {"StackStatusFilter": ThereIs(), "NextToken": "more"})
    assert stacks.names("us-east-1") == {"first", "last"}


class ThereIs:
    """Equals every filter that leaves out what is gone, and only that."""

    def __eq__(self, wanted):
        return "DELETE_COMPLETE" not in wanted and {"CREATE_COMPLETE", "DELETE_FAILED"} <= set(wanted)

    __hash__ = None


def test_a_stack_is_created_through_the_service_role_from_the_published_template(cloud, stacks):
    """Each argument as the design has it."""
    cloud.add_response(
        "create_stack",
        {"StackId": STACK_ID},
        {
            "StackName": NAME,
            "TemplateURL": "https://bucket.s3.us-east-1.amazonaws.com/gateway/1/stacks/network.yaml",
            "Parameters": [{"ParameterKey": "VpcCidr", "ParameterValue": "10.20.0.0/16"}],
            "Tags": [{"Key": "stargate:id", "Value": "abc"}],
            "RoleARN": "arn:aws:iam::123456789012:role/service",
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "OnFailure": "ROLLBACK",
            "ClientRequestToken": "abc-1",
        },
    )
    assert create(stacks) == STACK_ID


def test_a_stack_is_created_from_a_template_that_was_not_published(cloud, stacks):
    """In the same way, but with its text."""
    asked = {
        "StackName": NAME,
        "TemplateBody": "{}",
        "Parameters": [],
        "Tags": [],
        "RoleARN": "arn:aws:iam::123456789012:role/service",
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "OnFailure": "ROLLBACK",
        "ClientRequestToken": "abc-1",
    }
    cloud.add_response("create_stack", {"StackId": STACK_ID}, asked)
    assert stacks.create("us-east-1", NAME, "{}", {}, {}, "abc-1") == STACK_ID


def test_the_same_name_twice_is_a_stack_that_exists(cloud, stacks):
    """AlreadyExistsException by our name for it."""
    cloud.add_client_error("create_stack", "AlreadyExistsException", "exists", 400)
    with pytest.raises(StackExistsError):
        create(stacks)


@pytest.mark.parametrize("code", ["ValidationError", "AccessDenied", "LimitExceededException"])
def test_a_refusal_keeps_its_words(cloud, stacks, code):
    """What CloudFormation says is what the environment's failure says."""
    cloud.add_client_error("create_stack", code, "not authorized to perform iam:PassRole", 400)
    with pytest.raises(StackRefusedError, match="iam:PassRole"):
        create(stacks)


UPDATED = {
    "StackName": NAME,
    "TemplateURL": "https://bucket/region.yaml",
    "Parameters": [{"ParameterKey": "ForwarderVersion", "ParameterValue": "2"}],
    "RoleARN": "arn:aws:iam::123456789012:role/service",
    "Capabilities": ["CAPABILITY_NAMED_IAM"],
    "ClientRequestToken": "abc-1",
}


def update(stacks):
    stacks.update("us-east-1", NAME, "https://bucket/region.yaml", {"ForwarderVersion": "2"}, "abc-1")


def test_a_stack_is_updated_through_the_service_role(cloud, stacks):
    """From the template that is published now."""
    cloud.add_response("update_stack", {"StackId": STACK_ID}, UPDATED)
    update(stacks)
    cloud.assert_no_pending_responses()


def test_an_update_that_cloudformation_will_not_make_is_refused_with_its_words(cloud, stacks):
    """Asking again would not help."""
    cloud.add_client_error("update_stack", "ValidationError", "Parameters: [Zone] must have values", 400)
    with pytest.raises(StackRefusedError, match="must have values"):
        update(stacks)


def test_an_update_of_nothing_is_told_apart(cloud, stacks):
    """The stack is what was asked for already: no refusal."""
    cloud.add_client_error("update_stack", "ValidationError", "No updates are to be performed.", 400)
    with pytest.raises(StackUnchangedError):
        update(stacks)


def test_a_stack_is_deleted_by_its_id_through_the_service_role(cloud, stacks):
    """By id, so that never another stack of the same name is meant."""
    expected = {
        "StackName": STACK_ID,
        "RoleARN": "arn:aws:iam::123456789012:role/service",
        "ClientRequestToken": "abc-1-remove",
    }
    cloud.add_response("delete_stack", {}, expected)
    stacks.delete("us-east-1", STACK_ID, "abc-1-remove")
    cloud.assert_no_pending_responses()


def test_what_is_to_be_retained_is_named_with_the_deletion(cloud, stacks):
    """CloudFormation takes that of a stack that is DELETE_FAILED only, and refuses it otherwise."""
    cloud.add_response(
        "delete_stack",
        {},
        {
            "StackName": STACK_ID,
            "RoleARN": "arn:aws:iam::123456789012:role/service",
            "ClientRequestToken": "abc-2-remove",
            "RetainResources": ["Vpc"],
        },
    )
    stacks.delete("us-east-1", STACK_ID, "abc-2-remove", ("Vpc",))
    cloud.assert_no_pending_responses()
    cloud.add_client_error("delete_stack", "ValidationError", "RetainResources can only be specified", 400)
    with pytest.raises(StackRefusedError, match="can only be specified"):
        stacks.delete("us-east-1", STACK_ID, "abc-2-remove", ("Vpc",))


@pytest.mark.parametrize(("skip", "sent"), [(("Database",), {"ResourcesToSkip": ["Database"]}), ((), {})])
def test_a_rollback_is_continued_without_what_is_named(cloud, stacks, skip, sent):
    """Through the service role, as the update was; an empty list would be sent as one empty name."""
    cloud.add_response(
        "continue_update_rollback",
        {},
        {
            "StackName": STACK_ID,
            "RoleARN": "arn:aws:iam::123456789012:role/service",
            "ClientRequestToken": "abc-2-rollback",
            **sent,
        },
    )
    stacks.continue_rollback("us-east-1", STACK_ID, "abc-2-rollback", skip)
    cloud.assert_no_pending_responses()


def event(resource, status, physical="i-1", reason=""):
    return {
        "StackId": STACK_ID,
        "EventId": f"{resource}-{status}",
        "StackName": NAME,
        "LogicalResourceId": resource,
        "PhysicalResourceId": physical,
        "ResourceType": "AWS::EC2::VPC",
        "Timestamp": NOW,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def test_a_history_runs_from_oldest_to_newest_and_no_further_back_than_the_latest_operation(cloud, stacks):
    """What an earlier operation left behind explains nothing now."""
    newest_first = [
        event("Vpc", "DELETE_FAILED", reason="has dependencies"),
        event(NAME, "DELETE_IN_PROGRESS", STACK_ID),
        event("Subnet", "CREATE_FAILED", reason="long ago"),
    ]
    cloud.add_response("describe_stack_events", {"StackEvents": newest_first}, {"StackName": STACK_ID})
    events = stacks.events("us-east-1", STACK_ID)
    assert [(found.resource, found.status, found.is_stack) for found in events] == [
        (NAME, "DELETE_IN_PROGRESS", True),
        ("Vpc", "DELETE_FAILED", False),
    ]
