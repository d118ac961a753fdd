"""Nobody does anything in the local cloud without the right: functions, workflows, CloudFormation, people."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from tests.contract.workbench import allow, eventually

pytestmark = pytest.mark.cloud

ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    },
}
FORMATION = "cloudformation.amazonaws.com"


# Functions


def test_a_function_may_not_what_its_role_may_not(bench):
    """The denial names the function's role and the action."""
    code = """
import boto3
def handle(event, context):
    try:
        boto3.client("dynamodb").list_tables()
    except Exception as error:
        return str(error)
"""
    denied = bench.invoke(bench.function(code))
    assert "AccessDenied" in denied
    assert "assumed-role/" in denied
    assert "dynamodb:ListTables" in denied
    assert bench.invoke(bench.function(code, allow("dynamodb:ListTables"))) is None


# Workflows

INTEGRATIONS = {
    "lambda:InvokeFunction": (
        "arn:aws:states:::lambda:invoke",
        {"FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:no"},
    ),
    "sqs:SendMessage": (
        "arn:aws:states:::sqs:sendMessage",
        {"QueueUrl": "http://x/000000000000/no", "MessageBody": "x"},
    ),
    "sns:Publish": (
        "arn:aws:states:::sns:publish",
        {"TopicArn": "arn:aws:sns:us-east-1:000000000000:no", "Message": "x"},
    ),
    "events:PutEvents": (
        "arn:aws:states:::events:putEvents",
        {"Entries": [{"Source": "x", "DetailType": "x", "Detail": "{}"}]},
    ),
    "dynamodb:PutItem": (
        "arn:aws:states:::dynamodb:putItem",
        {"TableName": "no", "Item": {"pk": {"S": "1"}}},
    ),
    "states:StartExecution": (
        "arn:aws:states:::states:startExecution",
        {"StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:no"},
    ),
    "dynamodb:Query": ("arn:aws:states:::aws-sdk:dynamodb:query", {"TableName": "no"}),
    "ecs:RunTask": (
        "arn:aws:states:::ecs:runTask",
        {"TaskDefinition": "arn:aws:ecs:us-east-1:000000000000:task-definition/no:1"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("action", INTEGRATIONS)
def test_a_workflow_may_not_what_its_role_may_not(bench, action):
    """The task fails with AWS's words, naming the machine's role and the action, whatever else it may."""
    resource, arguments = INTEGRATIONS[action]
    task = {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True}
    told = bench.run(bench.workflow({"Do": task}, allow("s3:*")))
    assert told["status"] == "FAILED"
    assert "assumed-role/" in told["cause"]
    assert f"not authorized to perform: {action}" in told["cause"]


def test_a_workflow_may_what_its_role_may(bench):
    """With the right on this very function the call goes through."""
    function = bench.function("def handle(event, context):\n    return event['n'] + 1\n")
    arguments = {"FunctionName": function, "Payload": {"n": 1}}
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, "End": True}
    told = bench.run(bench.workflow({"Do": task}, allow("lambda:InvokeFunction", function)))
    assert json.loads(told["output"])["Payload"] == 2


# CloudFormation


def create(bench, template, keys=None, **settings):
    """Create a stack and wait for its end; its name and all events, oldest first."""
    name = settings.pop("StackName", None) or bench.name("stack")
    bench.cloud.client("cloudformation", **(keys or {})).create_stack(
        StackName=name, TemplateBody=json.dumps(template), **settings
    )
    return name, ended(bench, name)


def ended(bench, name):
    formation = bench.client("cloudformation")
    eventually(lambda: not status(bench, name).endswith("IN_PROGRESS"))
    return formation.describe_stack_events(StackName=name)["StackEvents"][::-1]


def status(bench, name):
    return bench.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


def reasons(events):
    return [event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"]


def test_cloudformation_may_not_what_its_service_role_may_not(bench):
    """The administrator asks, the service role lacks the right: the resource fails with AWS's words."""
    role = bench.role(FORMATION, allow("sns:*"))
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, "Queue": {"Type": "AWS::SQS::Queue"}}}
    name, events = create(bench, template, RoleARN=role)
    assert status(bench, name) == "ROLLBACK_COMPLETE"
    assert any("not authorized to perform: sqs:CreateQueue" in reason for reason in reasons(events))
    assert any(f"{role.rsplit('/')[-1]}/AWSCloudFormation" in reason for reason in reasons(events))


def test_cloudformation_makes_roles_only_with_the_boundary_that_its_role_demands(bench):
    """iam:PermissionsBoundary decides: without it the role fails, with it the role stands."""
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    condition = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    service = bench.role(
        FORMATION, allow("iam:CreateRole", Condition=condition), allow(["iam:DeleteRole", "iam:Get*"])
    )
    bounded = {**ROLE, "Properties": {**ROLE["Properties"], "PermissionsBoundary": boundary}}
    settings = {"RoleARN": service, "Capabilities": ["CAPABILITY_IAM"]}
    _, without = create(bench, {"Resources": {"Role": ROLE}}, **settings)
    name, _ = create(bench, {"Resources": {"Role": bounded}}, **settings)
    assert any("iam:CreateRole" in reason for reason in reasons(without))
    assert status(bench, name) == "CREATE_COMPLETE"


def test_a_role_can_be_passed_only_by_who_may_and_only_to_whom_it_trusts(bench):
    """Without iam:PassRole, or with a role that does not trust CloudFormation, nothing begins."""
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    keys = bench.user(allow("cloudformation:*"))
    with pytest.raises(ClientError, match="iam:PassRole"):
        create(bench, template, keys, RoleARN=bench.role(FORMATION, allow("sns:*")))
    with pytest.raises(ClientError, match="cannot be assumed"):
        create(bench, template, RoleARN=bench.role("lambda.amazonaws.com", allow("sns:*")))


def test_without_a_role_cloudformation_has_its_callers_rights(bench):
    """A user who may call CloudFormation but not SNS gets no topic through it."""
    keys = bench.user(allow("cloudformation:*"))
    _, events = create(bench, {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}, keys)
    assert any("sns:CreateTopic" in reason and ":user/" in reason for reason in reasons(events))


def test_a_stack_made_again_acts_with_its_own_role(bench):
    """After a deletion the name's next stack uses the role it was given, not the memory of the first."""
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    role = bench.role(FORMATION, allow("sns:*"))
    name, _ = create(bench, template, RoleARN=role)
    formation = bench.client("cloudformation")
    formation.delete_stack(StackName=name)
    formation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    keys = bench.user(allow(["cloudformation:*", "iam:PassRole"]))
    create(bench, template, keys, StackName=name, RoleARN=role)
    assert status(bench, name) == "CREATE_COMPLETE"


def test_iam_resources_need_the_capability(bench):
    """AWS's own refusal, before anything is made."""
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_IAM\]"):
        create(bench, {"Resources": {"Role": ROLE}})


# People


def test_a_user_may_not_what_nobody_allowed(bench, cloud):
    """An IAM user without rights is denied by name, and one with a wrong secret is nobody."""
    with pytest.raises(ClientError, match=r"user/.* is not authorized to perform: dynamodb:ListTables"):
        cloud.client("dynamodb", **bench.user()).list_tables()
    with pytest.raises(ClientError, match=r"SignatureDoesNotMatch|InvalidSignature|signature"):
        cloud.client("dynamodb", aws_secret_access_key="wrong").list_tables()  # noqa: S106


def test_an_unsigned_call_of_the_api_is_refused_in_the_templates_words(cloud):
    """403 with the problem document that GatewayResponses lays down."""
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{cloud.api}/environments"), timeout=10)  # noqa: S310
    document = json.load(refused.value)
    assert refused.value.code == 403
    assert refused.value.headers["Content-Type"] == "application/problem+json"
    assert document["type"] == "urn:stargate:problem:forbidden"


def test_rules_of_a_security_group_are_judged_by_the_group_and_its_tags(bench, cloud):
    """The right on groups that bear a tag reaches those, and no other."""
    ec2 = bench.client("ec2")
    network = ec2.create_vpc(CidrBlock="10.250.0.0/16")["Vpc"]["VpcId"]
    ours, other = (
        ec2.create_security_group(GroupName=bench.name("group"), Description="x", VpcId=network)["GroupId"]
        for _ in range(2)
    )
    ec2.create_tags(Resources=[ours], Tags=[{"Key": "stargate:id", "Value": "one"}])
    tagged = {"StringLike": {"aws:ResourceTag/stargate:id": "*"}}
    actions = [f"ec2:{verb}SecurityGroupIngress" for verb in ("Authorize", "Revoke")]
    groups = "arn:aws:ec2:us-east-1:000000000000:security-group/*"
    keys = bench.user(allow(actions, groups, Condition=tagged))
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    theirs = cloud.client("ec2", **keys)
    theirs.authorize_security_group_ingress(GroupId=ours, IpPermissions=[rule])
    theirs.revoke_security_group_ingress(GroupId=ours, IpPermissions=[rule])
    with pytest.raises(ClientError, match=r"ec2:AuthorizeSecurityGroupIngress"):
        theirs.authorize_security_group_ingress(GroupId=other, IpPermissions=[rule])


def test_an_ecs_call_is_judged_by_what_it_acts_on(bench, cloud):
    """The right on one service reaches that service, not another of the same cluster."""
    mine = "arn:aws:ecs:*:*:service/some-cluster/mine"
    ecs = cloud.client("ecs", **bench.user(allow("ecs:DescribeServices", mine)))
    with pytest.raises(ClientError, match=r"ClusterNotFound"):
        ecs.describe_services(cluster="some-cluster", services=["mine"])
    with pytest.raises(ClientError, match=r"not authorized to perform: ecs:DescribeServices"):
        ecs.describe_services(cluster="some-cluster", services=["other"])


TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/some-cluster/mine",
    "ScalableDimension": "ecs:service:DesiredCount",
    "MinCapacity": 1,
    "MaxCapacity": 2,
}
REGISTER = "application-autoscaling:RegisterScalableTarget"
OF_ECS = allow(["ecs:DescribeServices", "ecs:UpdateService"], "arn:aws:ecs:*:*:service/some-cluster/*")


def test_a_scalable_target_is_judged_by_itself(bench, cloud):
    """A right on scalable targets reaches this one; a right on something else does not."""
    targets = "arn:aws:application-autoscaling:*:*:scalable-target/*"
    scaling = cloud.client("application-autoscaling", **bench.user(allow(REGISTER, targets), OF_ECS))
    with pytest.raises(ClientError, match=r"ValidationException.*doesn't exist"):
        scaling.register_scalable_target(**TARGET)
    elsewhere = allow(REGISTER, "arn:aws:ecs:*:*:service/*")
    other = cloud.client("application-autoscaling", **bench.user(elsewhere, OF_ECS))
    with pytest.raises(ClientError, match=r"not authorized to perform: application-autoscaling"):
        other.register_scalable_target(**TARGET)


def test_a_scalable_target_is_registered_by_who_may_change_its_service(bench, cloud):
    """Application Auto Scaling tries it with the rights of whoever calls, and says what is missing."""
    seeing = allow("ecs:DescribeServices", OF_ECS["Resource"])
    scaling = cloud.client("application-autoscaling", **bench.user(allow(REGISTER), seeing))
    with pytest.raises(ClientError, match=r"ValidationException.*perform: ecs:UpdateService"):
        scaling.register_scalable_target(**TARGET)


def test_alarms_are_described_by_who_may_see_all(bench, cloud):
    """A right on the alarms of one prefix is not enough to ask for them by it."""
    action, every = "cloudwatch:DescribeAlarms", "arn:aws:cloudwatch:*:*:alarm:"
    watching = cloud.client("cloudwatch", **bench.user(allow(action, f"{every}*")))
    assert watching.describe_alarms(AlarmNamePrefix="none-")["MetricAlarms"] == []
    partly = cloud.client("cloudwatch", **bench.user(allow(action, f"{every}none-*")))
    with pytest.raises(ClientError, match=r"not authorized to perform: cloudwatch:DescribeAlarms"):
        partly.describe_alarms(AlarmNamePrefix="none-")


def test_events_are_put_only_from_the_source_that_the_right_names(bench, cloud):
    """And so nobody with that right can speak in another's name."""
    narrowed = allow("events:PutEvents", Condition={"StringEquals": {"events:source": "stargate"}})
    code = """
import boto3
def handle(event, context):
    entry = {"Source": event["source"], "DetailType": "Told", "Detail": "{}"}
    try:
        return boto3.client("events").put_events(Entries=[entry])["FailedEntryCount"]
    except Exception as error:
        return str(error)
"""
    function = bench.function(code, narrowed)
    assert bench.invoke(function, {"source": "stargate"}) == 0
    assert "AccessDenied" in str(bench.invoke(function, {"source": "another"}))


def test_metrics_are_put_only_into_the_namespace_that_the_right_names(bench, cloud):
    """And so nobody with that right can make an alarm on AWS's own metrics believe something."""
    narrowed = allow("cloudwatch:PutMetricData", Condition={"StringEquals": {"cloudwatch:namespace": "Ours"}})
    watching = cloud.client("cloudwatch", **bench.user(narrowed))
    data = [{"MetricName": "Use", "Value": 1.0}]
    watching.put_metric_data(Namespace="Ours", MetricData=data)
    with pytest.raises(ClientError, match=r"not authorized to perform: cloudwatch:PutMetricData"):
        watching.put_metric_data(Namespace="Others", MetricData=data)
