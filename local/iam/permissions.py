"""Which IAM actions an operation on a CloudFormation resource needs, and on which ARN.

AWS's own resource schemas list permissions per operation (`handlers.create.permissions`), but every
permission that any property might need: demanding all of them would refuse roles that AWS accepts. So the
core of the list is demanded, the one action that does the operation itself (Create<Type> if it is listed,
else the first that writes, or to read the first that reads), and with it what a property surely needs: role
policies, attached policies, passed roles. Tagging, key grants and service-linked roles are not demanded.
"""

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cfnlint

from local.iam.principals import ANY_RESOURCE

_SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"

_VERBS = {
    "read": ("Describe", "Get", "List"),
    "create": (
        "Create", "Allocate", "Register", "Put", "Publish", "Associate", "Attach", "Authorize", "Add",
        "POST", "PUT",
    ),
    "update": ("Update", "Modify", "Replace", "Put", "Set", "PATCH", "PUT"),
    "delete": ("Delete", "Release", "Deregister", "Remove", "Disassociate", "Detach", "Revoke", "DELETE"),
}  # fmt: skip
_NOT_THE_OPERATION = ("Tags", "TagResource", "TagsToResource", "TagsFromResource", "Acl", "Tagging")


@dataclass(frozen=True)
class Need:
    """One right that an operation needs."""

    action: str
    resource: str = ANY_RESOURCE
    keys: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a resource is made: what its ARN and a generated name are built of."""

    account: str
    region: str
    stack: str


def needs(operation: str, resource_type: str, properties: dict[str, Any], place: Place) -> list[Need]:
    if resource_type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
        return _needs_of_custom_resource(properties)
    keys = _keys(resource_type, properties)
    resource = _resource(resource_type, properties, place)
    own = [Need(action, resource, keys) for action in _actions(operation, resource_type, properties)]
    giving = operation in {"create", "update"}
    passed = list(_passed_roles(resource_type, properties)) if giving else []
    return own + passed


def _needs_of_custom_resource(properties: dict[str, Any]) -> list[Need]:
    token = str(properties.get("ServiceToken", ""))
    action = "sns:Publish" if ":sns:" in token else "lambda:InvokeFunction"
    return [Need(action, token)]


def _actions(operation: str, resource_type: str, properties: dict[str, Any]) -> list[str]:
    if resource_type == "AWS::IAM::Policy":
        return [_inline_policy_action(operation, properties)]
    core = _core_action(operation, resource_type)
    if operation == "read":
        return [core] if core else []
    return [core, *_role_actions(operation, properties)] if resource_type == "AWS::IAM::Role" and core else [
        action for action in (core,) if action
    ]  # fmt: skip


def _inline_policy_action(operation: str, properties: dict[str, Any]) -> str:
    verb = "Delete" if operation == "delete" else "Put"
    owner = next((kind for kind in ("Role", "User", "Group") if properties.get(f"{kind}s")), "Role")
    return f"iam:{verb}{owner}Policy"


def _role_actions(operation: str, properties: dict[str, Any]) -> list[str]:
    inline, attached = {"delete": ("Delete", "Detach")}.get(operation, ("Put", "Attach"))
    extra = []
    if properties.get("Policies"):
        extra.append(f"iam:{inline}RolePolicy")
    if properties.get("ManagedPolicyArns"):
        extra.append(f"iam:{attached}RolePolicy")
    return extra


# Where the list begins with what only some properties need, and the operation bears another name.
_NAMED_OTHERWISE = {
    ("create", "AWS::EC2::Instance"): "ec2:RunInstances",
    ("delete", "AWS::EC2::Instance"): "ec2:TerminateInstances",
    ("create", "AWS::Events::Rule"): "events:PutRule",
    ("update", "AWS::Lambda::Function"): "lambda:UpdateFunctionConfiguration",
    (
        "update",
        "AWS::ApplicationAutoScaling::ScalableTarget",
    ): "application-autoscaling:RegisterScalableTarget",
}


@functools.cache
def _core_action(operation: str, resource_type: str) -> str | None:
    """The listed permission that does the operation itself; None where AWS lists nothing of the kind."""
    if (operation, resource_type) in _NAMED_OTHERWISE:
        return _NAMED_OTHERWISE[operation, resource_type]
    listed = _handlers().get(resource_type, {}).get(operation, {}).get("permissions", [])
    doing = [action for action in listed if _does(action, operation)]
    own_name = resource_type.rsplit("::", 1)[-1]
    exact = [action for action in doing if action.split(":")[1].lower() == f"{operation}{own_name}".lower()]
    return next(iter(exact + doing), None)


def _does(action: str, operation: str) -> bool:
    verb = action.split(":")[1]
    foreign = action.startswith(("iam:CreateServiceLinkedRole", "kms:", "vpc-lattice:"))
    return not foreign and verb.startswith(_VERBS[operation]) and not verb.endswith(_NOT_THE_OPERATION)


@functools.cache
def _handlers() -> dict[str, dict[str, Any]]:
    schemas = (json.loads(path.read_text()) for path in _SCHEMAS.glob("*.json"))
    return {schema["typeName"]: schema.get("handlers", {}) for schema in schemas}


# type → (property with a role's ARN, dotted; the service it is passed to)
_PASSED_ROLES = {
    "AWS::ECS::TaskDefinition": (
        ("TaskRoleArn", "ecs-tasks.amazonaws.com"),
        ("ExecutionRoleArn", "ecs-tasks.amazonaws.com"),
    ),
    "AWS::Lambda::Function": (("Role", "lambda.amazonaws.com"),),
    "AWS::StepFunctions::StateMachine": (("RoleArn", "states.amazonaws.com"),),
    "AWS::RDS::DBInstance": (("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),),
    "AWS::Scheduler::Schedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "AWS::Events::Rule": (("Targets.RoleArn", "events.amazonaws.com"),),
}


def _passed_roles(resource_type: str, properties: dict[str, Any]) -> Iterator[Need]:
    for path, service in _PASSED_ROLES.get(resource_type, ()):
        for role in _found_at(properties, path.split(".")):
            if isinstance(role, str) and role.startswith("arn:"):
                yield Need("iam:PassRole", role, {"iam:PassedToService": service})


def _found_at(value: Any, path: list[str]) -> Iterator[Any]:
    """What lies at the end of the path, in each item where there is a list on the way."""
    if isinstance(value, list):
        for item in value:
            yield from _found_at(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _found_at(value.get(path[0]), path[1:])


def _keys(resource_type: str, properties: dict[str, Any]) -> dict[str, Any]:
    if resource_type == "AWS::IAM::Role":
        return {"iam:PermissionsBoundary": properties.get("PermissionsBoundary")}
    return {}


# type → (ARN, property with the name). Where a name is left out, CloudFormation begins it with the stack's.
_ARNS = {
    "AWS::IAM::Role": ("arn:aws:iam::{account}:role{path}{name}", "RoleName"),
    "AWS::IAM::ManagedPolicy": ("arn:aws:iam::{account}:policy{path}{name}", "ManagedPolicyName"),
    "AWS::S3::Bucket": ("arn:aws:s3:::{name}", "BucketName"),
    "AWS::SecretsManager::Secret": ("arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf", "Name"),
    "AWS::Logs::LogGroup": ("arn:aws:logs:{region}:{account}:log-group:{name}", "LogGroupName"),
    "AWS::RDS::DBInstance": ("arn:aws:rds:{region}:{account}:db:{name}", "DBInstanceIdentifier"),
    "AWS::RDS::DBSubnetGroup": ("arn:aws:rds:{region}:{account}:subgrp:{name}", "DBSubnetGroupName"),
    "AWS::RDS::DBParameterGroup": ("arn:aws:rds:{region}:{account}:pg:{name}", "DBParameterGroupName"),
    "AWS::ECR::Repository": ("arn:aws:ecr:{region}:{account}:repository/{name}", "RepositoryName"),
    "AWS::ECS::Cluster": ("arn:aws:ecs:{region}:{account}:cluster/{name}", "ClusterName"),
    "AWS::ECS::TaskDefinition": ("arn:aws:ecs:{region}:{account}:task-definition/{name}:1", "Family"),
    "AWS::Lambda::Function": ("arn:aws:lambda:{region}:{account}:function:{name}", "FunctionName"),
    "AWS::DynamoDB::Table": ("arn:aws:dynamodb:{region}:{account}:table/{name}", "TableName"),
    "AWS::SQS::Queue": ("arn:aws:sqs:{region}:{account}:{name}", "QueueName"),
    "AWS::SNS::Topic": ("arn:aws:sns:{region}:{account}:{name}", "TopicName"),
    "AWS::Events::Rule": ("arn:aws:events:{region}:{account}:rule/{name}", "Name"),
    "AWS::CloudWatch::Alarm": ("arn:aws:cloudwatch:{region}:{account}:alarm:{name}", "AlarmName"),
    "AWS::StepFunctions::StateMachine": (
        "arn:aws:states:{region}:{account}:stateMachine:{name}",
        "StateMachineName",
    ),
}
_LOWER_CASE = (
    "AWS::S3::Bucket",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBSubnetGroup",
    "AWS::RDS::DBParameterGroup",
)


def _resource(resource_type: str, properties: dict[str, Any], place: Place) -> str:
    if resource_type not in _ARNS:
        return ANY_RESOURCE
    arn, name_property = _ARNS[resource_type]
    name = str(properties.get(name_property) or f"{place.stack}-Generated-1A2B3C")
    if resource_type in _LOWER_CASE:
        name = name.lower()
    return arn.format(
        account=place.account, region=place.region, path=properties.get("Path") or "/", name=name
    )
