"""Secrets are restored and imported by AWS's own calls, stubbed; whatever comes twice is done once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from stargate.adapters import aws
from stargate.adapters.provisioning.adoptions import CloudFormationAdoptions
from stargate.domain.provisioning.returning import AccountSecret
from stargate.errors import StackRefusedError

REGION, STACK, ROLE = "us-west-1", "stargate-blue-secrets", "arn:aws:iam::111122223333:role/service"
ARN = "arn:aws:secretsmanager:us-west-1:111122223333:secret:stargate-blue/litellm-salt-key-AbCdEf"
TAGS, TOLD = {"stargate:id": "0123456789ab"}, [{"Key": "stargate:id", "Value": "0123456789ab"}]
PLACE = {"StackName": STACK, "ChangeSetName": "secrets-adopts-1"}
MADE = {
    **PLACE,
    "ChangeSetType": "IMPORT",
    "TemplateBody": "{}",
    "Parameters": [{"ParameterKey": "Environment", "ParameterValue": "blue"}],
    "ResourcesToImport": [
        {
            "LogicalResourceId": "LitellmSaltKey",
            "ResourceType": "AWS::SecretsManager::Secret",
            "ResourceIdentifier": {"Id": ARN},
        }
    ],
    "RoleARN": ROLE,
}


@pytest.fixture
def stubbed(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    aws.client.cache_clear()
    yield lambda service: Stubber(aws.client(service, REGION))
    aws.client.cache_clear()


@pytest.fixture
def cloud(stubbed):
    with stubbed("cloudformation") as stub:
        yield stub
        stub.assert_no_pending_responses()


def adopt():
    secrets = {"LitellmSaltKey": ARN}
    CloudFormationAdoptions(ROLE).adopt(
        REGION, STACK, "{}", {"Environment": "blue"}, secrets, "secrets-adopts-1"
    )


def take_back(*, is_going):
    secret = AccountSecret("stargate-blue/litellm-salt-key", ARN, "blue", is_going)
    CloudFormationAdoptions(ROLE).take_back(REGION, secret, TAGS)


def described(status, reason=""):
    return {"Status": status, "StatusReason": reason, "CreationTime": datetime(2026, 11, 29, tzinfo=UTC)}


def executed(cloud):
    cloud.add_response("execute_change_set", {}, {**PLACE, "ClientRequestToken": "secrets-adopts-1"})


def test_a_secret_in_its_window_is_restored_and_tagged(stubbed):
    """In this order: what waits to be deleted takes no tags."""
    with stubbed("secretsmanager") as manager:
        manager.add_response("restore_secret", {}, {"SecretId": ARN})
        manager.add_response("tag_resource", {}, {"SecretId": ARN, "Tags": TOLD})
        take_back(is_going=True)
        manager.assert_no_pending_responses()


def test_one_that_is_back_already_is_tagged_alone(stubbed):
    """Seen by an earlier call, or restored by another one since it was seen."""
    with stubbed("secretsmanager") as manager:
        manager.add_response("tag_resource", {}, {"SecretId": ARN, "Tags": TOLD})
        take_back(is_going=False)
        manager.add_client_error("restore_secret", "InvalidRequestException", "not scheduled for deletion")
        manager.add_response("tag_resource", {}, {"SecretId": ARN, "Tags": TOLD})
        take_back(is_going=True)
        manager.assert_no_pending_responses()


def test_a_denial_is_no_success(stubbed):
    """Who may not restore hears it."""
    with stubbed("secretsmanager") as manager:
        manager.add_client_error("restore_secret", "AccessDeniedException", "not authorized")
        with pytest.raises(ClientError, match="not authorized"):
            take_back(is_going=True)


def test_an_import_is_a_change_set_that_is_executed_once_it_is_made(cloud):
    """Through the service role, each secret named by its ARN."""
    cloud.add_response("create_change_set", {"Id": "arn:1"}, MADE)
    cloud.add_response("describe_change_set", described("CREATE_COMPLETE"), PLACE)
    executed(cloud)
    adopt()


def test_a_call_that_was_cut_off_before_it_executed_is_gone_on_with(cloud):
    """The change set is there already."""
    cloud.add_client_error("create_change_set", "AlreadyExistsException", "exists")
    cloud.add_response("describe_change_set", described("CREATE_COMPLETE"), PLACE)
    executed(cloud)
    adopt()


def test_what_another_call_has_executed_is_not_executed_again(cloud):
    """CloudFormation says that it is no longer available."""
    cloud.add_client_error("create_change_set", "AlreadyExistsException", "exists")
    cloud.add_response("describe_change_set", described("CREATE_COMPLETE"), PLACE)
    cloud.add_client_error("execute_change_set", "InvalidChangeSetStatus", "is in EXECUTE_COMPLETE status")
    adopt()


def test_an_import_that_cloudformation_will_not_make_is_refused_with_its_words(cloud):
    """At once, or when it has looked at the secrets."""
    cloud.add_client_error("create_change_set", "ValidationError", "must have DeletionPolicy")
    with pytest.raises(StackRefusedError, match="must have DeletionPolicy"):
        adopt()
    cloud.add_response("create_change_set", {"Id": "arn:1"}, MADE)
    cloud.add_response("describe_change_set", described("FAILED", "belongs to another stack"), PLACE)
    with pytest.raises(StackRefusedError, match="belongs to another stack"):
        adopt()
