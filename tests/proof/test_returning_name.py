"""A name whose secrets are in their window is had again, and they with it; read off the cloud itself."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]

NAME, REGION = "again", "us-east-1"
REQUEST = {"name": NAME, "preset": "sandbox", "overrides": {"network": {"cidr": "10.74.0.0/16"}}}
PLANNED = {key: value for key, value in REQUEST.items() if key != "name"}
STACK = f"stargate-{NAME}-secrets"

Document = dict[str, Any]


@dataclass
class Record:
    """Of the first life and of the second; secrets by name as `(ARN, value, id in their tags)`."""

    first: Document = field(default_factory=dict)
    retired: Document = field(default_factory=dict)
    plan: Document = field(default_factory=dict)
    second: Document = field(default_factory=dict)
    before: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    after: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    stack: Document = field(default_factory=dict)
    gone: Document = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def record(api, witness, cloud):
    told = Record()
    assert api.post("/environments", REQUEST).status == 202
    told.first, told.before = follow(api, NAME, settled)[-1], _secrets(cloud)
    assert let_go(api, NAME, secrets_recovery="yes").status == 202
    told.retired = follow(api, NAME, settled)[-1]
    told.plan = api.post(f"/environments/{NAME}/plan", PLANNED).document
    assert api.post("/environments", REQUEST).status == 202
    told.second, told.after = follow(api, NAME, settled)[-1], _secrets(cloud)
    cloudformation = cloud.client("cloudformation", REGION)
    told.stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=STACK):
        told.imported |= {
            event["PhysicalResourceId"]
            for event in page["StackEvents"]
            if event["ResourceStatus"] == "IMPORT_COMPLETE" and event["LogicalResourceId"] != STACK
        }
    assert let_go(api, NAME).status == 202
    told.gone, told.left = follow(api, NAME, settled)[-1], witness.belongings(NAME)
    return told


def _secrets(cloud):
    manager = cloud.client("secretsmanager", REGION)
    found = {}
    for page in manager.get_paginator("list_secrets").paginate():
        for one in page["SecretList"]:
            if one["Name"].startswith(f"stargate-{NAME}/"):
                tags = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
                value = manager.get_secret_value(SecretId=one["ARN"])["SecretString"]
                found[one["Name"]] = (one["ARN"], value, tags["stargate:id"])
    return found


def test_the_plan_says_what_comes_back(record):
    """Every secret by its name, and that nothing is in the way."""
    assert record.retired["status"] == "RETIRED", record.retired
    assert record.plan["restores"] == sorted(record.before)
    assert record.plan["preflight"] == {"ok": True, "faults": []}


def test_the_second_stands_with_the_secrets_of_the_first(record):
    """The same ARNs and values, under another environment's id."""
    assert (record.first["status"], record.second["status"]) == ("READY", "READY"), record.second["failure"]
    assert record.first["id"] != record.second["id"]
    assert {name: one[:2] for name, one in record.after.items()} == {
        name: one[:2] for name, one in record.before.items()
    }
    assert {one[2] for one in record.after.values()} == {record.second["id"]}


def test_a_stack_of_its_own_has_imported_them(record):
    """It was made whole afterwards, and gives what the published template gives."""
    assert record.imported == {arn for arn, _, _ in record.after.values()}
    assert record.stack["StackStatus"] == "UPDATE_COMPLETE"
    given = {one["OutputValue"] for one in record.stack["Outputs"]}
    assert given == record.imported
    tags = {tag["Key"]: tag["Value"] for tag in record.stack["Tags"]}
    assert tags["stargate:id"] == record.second["id"]


def test_nothing_is_left_of_either(record):
    """Told to keep nothing, the removal finds them under the second's id."""
    assert (record.gone["status"], record.gone["kept"], record.left) == ("RETIRED", [], [])
