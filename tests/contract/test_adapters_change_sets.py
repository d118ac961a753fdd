"""A change set is made, read and deleted, whatever becomes of it: CloudFormation's answers, stubbed."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from stargate.adapters import aws
from stargate.adapters.provisioning.change_sets import CloudFormationChangeSets
from stargate.adapters.workflows.lambda_functions import LambdaExplainer, LambdaPlanner
from stargate.domain.provisioning.planning import ProposedUpdate, ResourceChange
from stargate.errors import (
    AwsThrottledError,
    ExplanationFailedError,
    PlanFailedError,
    StackRefusedError,
)

REGION, STACK = "us-west-1", "stargate-blue-data"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for made in (aws.client, aws.patient_client):
        made.cache_clear()
    yield
    for made in (aws.client, aws.patient_client):
        made.cache_clear()


@pytest.fixture
def cloud():
    with Stubber(aws.client("cloudformation", REGION)) as stub:
        yield stub
        stub.assert_no_pending_responses()


def preview():
    sets = CloudFormationChangeSets("arn:aws:iam::111122223333:role/service")
    update = ProposedUpdate(REGION, STACK, "https://bucket/data.yaml", {"DatabaseClass": "db.r6g.xlarge"})
    (changes,) = sets.previews([update])
    return changes


def described(status, reason="", changes=(), **more):
    return {
        "Status": status,
        "StatusReason": reason,
        "Changes": [{"Type": "Resource", "ResourceChange": change} for change in changes],
        "CreationTime": NOW,
        **more,
    }


def test_what_would_change_is_read_from_all_pages_and_the_set_is_deleted(cloud):
    """Each resource with its action, whether it is replaced, and which properties change."""
    database = {
        "Action": "Modify",
        "LogicalResourceId": "Database",
        "ResourceType": "AWS::RDS::DBInstance",
        "Replacement": "False",
        "Details": [{"Target": {"Attribute": "Properties", "Name": "DBInstanceClass"}}],
    }
    alarm = {"Action": "Add", "LogicalResourceId": "Alarm", "ResourceType": "AWS::CloudWatch::Alarm"}
    cloud.add_response("create_change_set", {"Id": "arn:1"})
    cloud.add_response("describe_change_set", described("CREATE_COMPLETE"))
    cloud.add_response("describe_change_set", described("CREATE_COMPLETE", "", [database], NextToken="2"))
    cloud.add_response("describe_change_set", described("CREATE_COMPLETE", "", [alarm]))
    cloud.add_response("delete_change_set", {}, {"StackName": STACK, "ChangeSetName": ANY})
    assert preview() == [
        ResourceChange("Database", "AWS::RDS::DBInstance", "Modify", "False", ("DBInstanceClass",)),
        ResourceChange("Alarm", "AWS::CloudWatch::Alarm", "Add"),
    ]


def test_a_set_without_changes_is_no_error(cloud):
    """CloudFormation calls it FAILED, which it is not to us."""
    cloud.add_response("create_change_set", {"Id": "arn:1"})
    words = "The submitted information didn't contain changes. Submit different information."
    cloud.add_response("describe_change_set", described("FAILED", words))
    cloud.add_response("delete_change_set", {})
    assert preview() == []


def test_a_set_that_cannot_be_made_is_refused_in_its_words(cloud):
    """And is deleted all the same."""
    cloud.add_response("create_change_set", {"Id": "arn:1"})
    cloud.add_response("describe_change_set", described("FAILED", "Parameter DatabaseClass is not allowed"))
    cloud.add_response("delete_change_set", {})
    with pytest.raises(StackRefusedError, match="DatabaseClass is not allowed"):
        preview()


def test_a_stack_that_is_busy_is_refused(cloud):
    """There is no set to delete then."""
    words = "Stack is in UPDATE_IN_PROGRESS state and can not be updated"
    cloud.add_client_error("create_change_set", "ValidationError", words, 400)
    with pytest.raises(StackRefusedError, match="UPDATE_IN_PROGRESS"):
        preview()


def test_a_throttled_set_is_no_refusal(cloud):
    """CloudFormation says nothing of the change then."""
    cloud.add_client_error("create_change_set", "Throttling", "Rate exceeded", 400)
    with pytest.raises(AwsThrottledError, match="Rate exceeded"):
        preview()


def test_a_set_that_a_plan_left_behind_is_made_anew(cloud):
    """It was cut off before it deleted its set, which tells of the stack as it was then."""
    cloud.add_client_error(
        "create_change_set", "AlreadyExistsException", "ChangeSet plan-1 already exists", 400
    )
    cloud.add_response("delete_change_set", {}, {"StackName": STACK, "ChangeSetName": ANY})
    cloud.add_response("create_change_set", {"Id": "arn:2"})
    cloud.add_response("describe_change_set", described("CREATE_COMPLETE"))
    cloud.add_response("describe_change_set", described("CREATE_COMPLETE"))
    cloud.add_response("delete_change_set", {})
    assert preview() == []


ASKED = [
    (LambdaPlanner("told").plan, "request", PlanFailedError),
    (LambdaExplainer("told").explain, "event", ExplanationFailedError),
]


@pytest.mark.parametrize(("ask", "given", "error"), ASKED, ids=["planner", "explainer"])
@pytest.mark.parametrize("failed", [False, True])
def test_whoever_is_waited_for_answers_or_says_why_not(ask, given, error, failed):
    """The function's answer, or the words of what it raised."""
    document = {"errorMessage": "CloudFormation is busy"} if failed else {"plan": "0123"}
    body = json.dumps(document).encode()
    answer = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body))}
    with Stubber(aws.patient_client("lambda")) as stub:
        expected = {
            "FunctionName": "told",
            "Payload": json.dumps({"name": "blue", given: {"preset": "poc"}}).encode(),
        }
        stub.add_response(
            "invoke", {**answer, **({"FunctionError": "Unhandled"} if failed else {})}, expected
        )
        if not failed:
            assert ask("blue", {"preset": "poc"}) == {"plan": "0123"}
            return
        with pytest.raises(error, match="CloudFormation is busy"):
            ask("blue", {"preset": "poc"})
