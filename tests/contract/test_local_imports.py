"""The local cloud lets a stack import secrets as AWS does: as they are, alone, and only what can be read."""

import asyncio
import json
from pathlib import Path

import pytest
from ministack.services import cloudformation, secretsmanager

from cli.published import GATEWAY, manifest
from stargate.domain.provisioning.returning import narrowed
from tests.contract import ministack_in_process

NAME, KIND = "stargate-blue-secrets", "AWS::SecretsManager::Secret"
WHOLE = Path(GATEWAY / "stacks" / "secrets.yaml").read_text(encoding="utf-8")
ENVIRONMENT = {
    "Parameters.member.1.ParameterKey": "Environment",
    "Parameters.member.1.ParameterValue": "blue",
}
TAG = {"Tags.member.1.Key": "stargate:id", "Tags.member.1.Value": "0123456789ab"}


@pytest.fixture
def cloud():
    with ministack_in_process.cloud() as made:
        yield made


@pytest.fixture(scope="module")
def template():
    return manifest().stacks["secrets"]


def values():
    return {
        name: [version["SecretString"] for version in secret["Versions"].values()]
        for name, secret in secretsmanager._secrets.items()
    }


def arns(cloud):
    """By logical id, of the stack as it is."""
    resources = cloudformation._stacks[NAME]["_resources"].items()
    return {name: one["PhysicalResourceId"] for name, one in resources if one["ResourceType"] == KIND}


async def left_behind(cloud):
    """What a gateway's secrets are when it has gone: ARNs by logical id; all within their window."""
    await cloud.ask("CreateStack", StackName=NAME, TemplateBody=WHOLE, **ENVIRONMENT)
    await cloud.settled(NAME)
    found = arns(cloud)
    await cloud.delete(NAME)
    for arn in found.values():
        secretsmanager._delete_secret({"SecretId": arn, "RecoveryWindowInDays": 30})
    return found


async def begun(cloud, template):
    body = narrowed(template, ())
    await cloud.ask("CreateStack", StackName=NAME, TemplateBody=body, **ENVIRONMENT, **TAG)
    return await cloud.settled(NAME, "CREATE_")


async def imported(cloud, template, found, body=None):
    """The change set's own status and the stack, if the import came as far as the stack."""
    asked = {"StackName": NAME, "ChangeSetName": "import", "ChangeSetType": "IMPORT"}
    for number, (logical, arn) in enumerate(found.items(), 1):
        member = f"ResourcesToImport.member.{number}"
        asked |= {
            f"{member}.LogicalResourceId": logical,
            f"{member}.ResourceType": KIND,
            f"{member}.ResourceIdentifier.entry.1.key": "Id",
            f"{member}.ResourceIdentifier.entry.1.value": arn,
        }
    body = body or narrowed(template, found)
    await cloud.ask("CreateChangeSet", TemplateBody=body, **asked, **ENVIRONMENT)
    change_set = next(iter(cloudformation._change_sets.values()))
    if change_set["ExecutionStatus"] == "AVAILABLE":
        await cloud.ask("ExecuteChangeSet", StackName=NAME, ChangeSetName="import")
        await cloud.settled(NAME, "IMPORT_")
    return change_set


def restore(found):
    for arn in found.values():
        assert secretsmanager._restore_secret({"SecretId": arn})[0] == 200


def test_a_stack_takes_over_what_another_left_and_is_made_whole(cloud, template):
    """No value changes, none is made twice, what was missing is made, and the outputs name them all."""

    async def story():
        found = await left_behind(cloud)
        lost = found.pop("LangfuseSalt")
        secretsmanager._delete_secret({"SecretId": lost, "ForceDeleteWithoutRecovery": True})
        before = values()
        restore(found)
        assert (await begun(cloud, template))["StackStatus"] == "CREATE_COMPLETE", cloud.told(NAME)
        await imported(cloud, template, found)
        assert cloudformation._stacks[NAME]["StackStatus"] == "IMPORT_COMPLETE", cloud.told(NAME)
        assert arns(cloud) == found
        await cloud.ask("UpdateStack", StackName=NAME, TemplateBody=WHOLE, **ENVIRONMENT)
        stack = await cloud.settled(NAME, "UPDATE_")
        assert stack["StackStatus"] == "UPDATE_COMPLETE", cloud.told(NAME)
        after = values()
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) == {"stargate-blue/langfuse-salt"}
        given = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        assert given == {f"{name}Arn": arn for name, arn in arns(cloud).items()}
        assert set(given) == set(template.outputs)
        assert "Place" not in stack["_resources"]

    asyncio.run(story())


def test_one_that_waits_to_be_deleted_is_not_imported(cloud, template):
    """It cannot be read: the change set fails, and the stack stays as it was."""

    async def story():
        found = await left_behind(cloud)
        await begun(cloud, template)
        change_set = await imported(cloud, template, found)
        assert (change_set["Status"], arns(cloud)) == ("FAILED", {})
        assert "was not found" in change_set["StatusReason"]

    asyncio.run(story())


def test_what_the_service_role_may_not_read_is_not_imported(cloud, template):
    """The stack goes back to nothing, and says why; the secrets are where they were."""
    cloud.denied.add(("read", KIND))

    async def story():
        found = await left_behind(cloud)
        before = values()
        restore(found)
        await begun(cloud, template)
        await imported(cloud, template, found)
        assert cloudformation._stacks[NAME]["StackStatus"] == "IMPORT_ROLLBACK_COMPLETE"
        reasons = [reason for _, status, reason in cloud.told(NAME) if status == "IMPORT_FAILED"]
        assert reasons == [f"not authorized to read {KIND}"]
        assert values() == before

    asyncio.run(story())


def test_an_import_gives_no_outputs(cloud, template):
    """As on AWS: they come with the update after it."""

    async def story():
        found = await left_behind(cloud)
        restore(found)
        await begun(cloud, template)
        outputs = {"Salt": {"Value": {"Ref": "LangfuseSalt"}}}
        body = {**json.loads(narrowed(template, found)), "Outputs": outputs}
        with pytest.raises(AssertionError, match="cannot modify or add"):
            await imported(cloud, template, found, json.dumps(body))

    asyncio.run(story())
