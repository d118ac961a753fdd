"""What CloudFormation's role may do, by IAM's simulator: in AWS's answers, and in the local cloud's."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

import pytest
from botocore.stub import ANY, Stubber

from stargate.adapters import aws
from stargate.adapters.provisioning.account import AwsAccount
from stargate.adapters.provisioning.iam import SimulatedRights
from stargate.domain.provisioning.rights import Right
from stargate.errors import AccountUnaskableError, AwsThrottledError

ROLE = "arn:aws:iam::123456789012:role/control-plane/service"
BOUNDARY = "arn:aws:iam::123456789012:policy/control-plane/boundary"
DATABASE = "arn:aws:rds:us-east-1:123456789012:db:stargate-one"
TOPIC = "arn:aws:sns:us-east-1:123456789012:operators"


@pytest.fixture
def stubbed(monkeypatch):
    """A client of the service that answers what the test says, and nothing else."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    yield lambda service, *region: Stubber(aws.client(service, *region))
    aws.client.cache_clear()


def asked_of_the_database():
    context = {
        "aws:RequestedRegion": "us-east-1",
        "iam:PermissionsBoundary": BOUNDARY,
        "iam:PassedToService": "ecs-tasks.amazonaws.com",
    }
    return {
        "PolicySourceArn": ROLE,
        "ActionNames": ["rds:CreateDBInstance"],
        "ResourceArns": [DATABASE],
        "ContextEntries": [
            {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
            for key, value in context.items()
        ],
    }


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        ({"EvalDecision": "allowed"}, ""),
        ({"EvalDecision": "implicitDeny"}, "none of its policies allows it; deploy the control plane again"),
        ({"EvalDecision": "explicitDeny"}, "one of its policies denies it; take that away"),
        (
            {
                "EvalDecision": "explicitDeny",
                "OrganizationsDecisionDetail": {"AllowedByOrganizations": False},
            },
            "a policy of the account's organization denies it; have that changed",
        ),
        (
            {
                "EvalDecision": "implicitDeny",
                "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
            },
            "its permissions boundary leaves no room for it; widen that",
        ),
    ],
)
def test_what_is_refused_is_told_with_who_refuses_it(stubbed, decision, reason):
    """As if the call were made in the region, with the boundary that every role is made with."""
    result = {"EvalActionName": "rds:CreateDBInstance", "EvalResourceName": DATABASE, **decision}
    with stubbed("iam") as iam:
        iam.add_response(
            "simulate_principal_policy", {"EvaluationResults": [result]}, asked_of_the_database()
        )
        refused = SimulatedRights(ROLE, BOUNDARY).refused("us-east-1", "one", ["AWS::RDS::DBInstance"])
    assert refused == ({Right("rds:CreateDBInstance", DATABASE): reason} if reason else {})


def test_each_service_is_asked_once_and_pages_are_read(stubbed):
    """Of the answers only the pairs count that were wanted: no action need be allowed on all of them."""
    subnet, vpc = (f"arn:aws:ec2:us-east-1:123456789012:{kind}/*" for kind in ("subnet", "vpc"))
    results = [
        {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision}
        for action, resource, decision in (
            ("ec2:CreateSubnet", subnet, "allowed"),
            ("ec2:CreateSubnet", vpc, "implicitDeny"),
            ("ec2:CreateVpc", subnet, "implicitDeny"),
            ("ec2:CreateVpc", vpc, "allowed"),
        )
    ]
    asked = {"PolicySourceArn": ROLE, "ActionNames": ANY, "ResourceArns": ANY, "ContextEntries": ANY}
    with stubbed("iam") as iam:
        iam.add_response(
            "simulate_principal_policy",
            {"EvaluationResults": results[:2], "IsTruncated": True, "Marker": "m"},
            asked,
        )
        iam.add_response(
            "simulate_principal_policy", {"EvaluationResults": results[2:]}, {**asked, "Marker": "m"}
        )
        types = ["AWS::EC2::VPC", "AWS::EC2::Subnet"]
        assert SimulatedRights(ROLE, BOUNDARY).refused("us-east-1", "one", types) == {}


def test_who_may_not_be_asked_about_is_told_too(stubbed):
    """A right that nobody can look at is none to rely on."""
    with stubbed("iam") as iam:
        iam.add_client_error("simulate_principal_policy", "AccessDenied", "not authorized")
        refused = SimulatedRights(ROLE, BOUNDARY).refused("us-east-1", "one", ["AWS::RDS::DBInstance"])
    assert list(refused.values()) == ["IAM does not tell (AccessDenied: not authorized)"]


def test_a_simulator_that_has_no_time_is_asked_again(stubbed):
    """What IAM does not say just now is no fault of the environment's: the workflow asks anew."""
    with stubbed("iam") as iam:
        iam.add_client_error("simulate_principal_policy", "Throttling", "Rate exceeded", 400)
        with pytest.raises(AwsThrottledError):
            SimulatedRights(ROLE, BOUNDARY).refused("us-east-1", "one", ["AWS::RDS::DBInstance"])


def test_tags_that_count_no_costs_are_told(stubbed):
    """Of those asked about; an account that may not ask says so."""
    keys = ["stargate:environment", "stargate:preset"]
    with stubbed("ce", "us-east-1") as costs:
        active = {"CostAllocationTags": [{"TagKey": keys[0], "Type": "UserDefined", "Status": "Active"}]}
        costs.add_response("list_cost_allocation_tags", active, {"TagKeys": keys, "Status": "Active"})
        assert AwsAccount(TOPIC).unused_cost_tags(keys) == keys[1:]
        costs.add_client_error("list_cost_allocation_tags", "AccessDeniedException")
        with pytest.raises(AccountUnaskableError, match="Cost Explorer answers AccessDenied"):
            AwsAccount(TOPIC).unused_cost_tags(keys)


def test_only_confirmed_subscriptions_hear(stubbed):
    """SNS counts them as text."""
    with stubbed("sns") as sns:
        told = {"SubscriptionsConfirmed": "2", "SubscriptionsPending": "1"}
        sns.add_response("get_topic_attributes", {"Attributes": told}, {"TopicArn": TOPIC})
        assert AwsAccount(TOPIC).listeners() == 2


# The local cloud


@pytest.mark.cloud
def test_the_local_clouds_simulator_decides_as_the_local_cloud_does(cloud):
    """By the role's policies and its resource, by conditions on what is given, and by the organization."""
    iam = cloud.client("iam")
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="stargate")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def tried(action, resource, **context):
        answer = iam.simulate_principal_policy(
            PolicySourceArn=outputs["ServiceRoleArn"],
            ActionNames=[action],
            ResourceArns=[resource],
            ContextEntries=[
                {"ContextKeyName": f"iam:{key}", "ContextKeyType": "string", "ContextKeyValues": [value]}
                for key, value in context.items()
            ],
        )
        return answer["EvaluationResults"][0]["EvalDecision"]

    database = "arn:aws:rds:us-east-1:000000000000:db:{}"
    assert tried("rds:CreateDBInstance", database.format("stargate-one")) == "allowed"
    assert tried("rds:CreateDBInstance", database.format("another")) == "implicitDeny"
    assert tried("iam:CreateRole", "arn:aws:iam::000000000000:role/stargate-x") == "implicitDeny"
    _organization(cloud, "POST", {"actions": ["rds:CreateDBInstance"]})
    try:
        assert tried("rds:CreateDBInstance", database.format("stargate-one")) == "explicitDeny"
    finally:
        _organization(cloud, "DELETE", {})


def _organization(cloud, method, body):
    asked = Request(f"{cloud.twin}/organization", json.dumps(body).encode(), method=method)  # noqa: S310 - our own
    urlopen(asked, timeout=10).close()  # noqa: S310
