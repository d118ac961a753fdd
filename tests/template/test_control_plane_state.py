"""What the control plane keeps is kept, and no secret is written where it can be read."""

from __future__ import annotations

import json
import re

import pytest

from tests.template.control_plane import (
    FUNCTIONS,
    RESOURCES,
    TEMPLATE,
    WORKFLOWS,
    of_type,
    statements,
    translated,
)

KEPT = {
    "Table", "GatewayBucket", "GatewayBucketPolicy", "GatewayServiceRole", "GatewayBoundary",
    "MayMakeNetwork", "MayMakeData", "MayMakeServices", "MayMakeEdge", "ApiGatewayAccount",
    "ApiGatewayLogRole", "ForwarderRole",
}  # fmt: skip
SECRET = re.compile(r"secret|password|token|credential|private.?key", re.IGNORECASE)


def test_what_environments_need_outlives_an_uninstall():
    """State, templates and the role that can remove environments stay; so does what the account shares."""
    kept = {
        name
        for name, resource in RESOURCES.items()
        if resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Retain"
    }
    assert kept == KEPT


def test_the_table_can_be_brought_back():
    """Point-in-time recovery, encryption, deletion protection, and rows that end by themselves."""
    table = RESOURCES["Table"]["Properties"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    (index,) = table["GlobalSecondaryIndexes"]
    assert (index["IndexName"], [key["AttributeName"] for key in index["KeySchema"]]) == (
        "gsi1",
        ["gsi1pk", "gsi1sk"],
    )


def test_the_bucket_is_versioned_encrypted_and_private():
    """A published gateway can neither be read by others nor be lost by overwriting."""
    bucket = RESOURCES["GatewayBucket"]["Properties"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


@pytest.mark.parametrize("policy", ["GatewayBucketPolicy", "DeadLettersPolicy"])
def test_nobody_gets_in_without_tls(policy):
    """Requests in clear are denied whoever makes them."""
    (rule,) = [statement for statement in statements(policy) if statement.sid == "TlsOnly"]
    assert rule.effect == "Deny"
    assert rule.condition == {"Bool": {"aws:SecureTransport": "false"}}


def test_queue_and_topic_are_encrypted():
    """The topics by a key that services may use: with AWS's own key for SNS what they tell would be lost."""
    assert RESOURCES["DeadLetters"]["Properties"]["SqsManagedSseEnabled"] is True
    for topic in ("Operators", "Signals"):
        assert RESOURCES[topic]["Properties"]["KmsMasterKeyId"] == {"Ref": "OperatorsKey"}
    allowed = [s for s in statements("OperatorsKey") if s.sid == "ServicesReachTheTopics"]
    assert allowed[0].actions == ("kms:Decrypt", "kms:GenerateDataKey")


def test_every_log_ends():
    """No log group without retention."""
    groups = of_type("AWS::Logs::LogGroup")
    assert [name for name, group in groups.items() if "RetentionInDays" not in group] == []
    assert len(groups) == len([*FUNCTIONS, *WORKFLOWS, "Api"])


def test_no_secret_is_in_a_variable_a_parameter_or_an_output():
    """Names would tell: nothing that a function is given, or that the stack shows, holds a secret."""
    variables = {
        variable
        for resource in translated()["Resources"].values()
        for variable in resource["Properties"].get("Environment", {}).get("Variables", {})
    }
    names = variables | set(TEMPLATE["Parameters"]) | set(TEMPLATE["Outputs"])
    assert [name for name in names if SECRET.search(name)] == []
    assert "{{resolve:" not in json.dumps(translated())


def test_the_published_gateway_follows_its_content():
    """The custom resource runs again when the layer's content changes: its version is then another."""
    published = RESOURCES["PublishedGateway"]["Properties"]
    assert published["Version"] == {"Ref": "GatewayLayer"}
    (layer,) = [name for name in translated()["Resources"] if name.startswith("GatewayLayer")]
    assert translated()["Resources"]["PublishedGateway"]["Properties"]["Version"] == {"Ref": layer}
    assert layer != "GatewayLayer"
