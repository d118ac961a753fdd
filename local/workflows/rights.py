"""What a workflow's task does to AWS is done with the rights of its state machine's role, or not at all."""

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import stepfunctions

from local.iam.permissions import Need
from local.iam.principals import ANY_RESOURCE, is_trusted, refusal

_SERVICE = "states.amazonaws.com"

# SDK integrations name services as the Java SDK does; IAM sometimes otherwise:
# https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
_IAM_NAMESPACES = {"sfn": "states", "eventbridge": "events", "cloudwatchlogs": "logs"}

_TABLE_ACTIONS = {
    "getItem": "dynamodb:GetItem",
    "putItem": "dynamodb:PutItem",
    "updateItem": "dynamodb:UpdateItem",
    "deleteItem": "dynamodb:DeleteItem",
}


def check(role: str, session: str, resource: str, arguments: Any) -> None:
    """Raise the error that fails the task if the role may not do what the task asks."""
    given = arguments if isinstance(arguments, dict) else {}
    if not is_trusted(role, _SERVICE):
        raise stepfunctions._ExecutionError(
            "States.TaskFailed", f"The role {role} is not authorized to be assumed by {_SERVICE}"
        )
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    principal = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    for need in needs(resource, given):
        denial = refusal(principal, need.action, need.resource, need.keys)
        if denial:
            raise stepfunctions._ExecutionError(_error_name(need.action), denial)


def needs(resource: str, given: dict[str, Any]) -> list[Need]:
    """The rights that a task's resource and arguments need."""
    integration = resource.removesuffix(".waitForTaskToken").split(".sync")[0]
    if ":function:" in integration and "states:::" not in integration:
        return [Need("lambda:InvokeFunction", integration)]
    if ":activity:" in integration:
        return []
    _, _, name = integration.partition(":::")
    if name.startswith("aws-sdk:"):
        return [_of_sdk_call(name, given)]
    return _of_integration(name, given)


def _of_integration(name: str, given: dict[str, Any]) -> list[Need]:  # noqa: PLR0911 - a table
    match name.split(":"):
        case ["lambda", "invoke"]:
            return [Need("lambda:InvokeFunction", _function_arn(str(given.get("FunctionName", ""))))]
        case ["sqs", "sendMessage"]:
            return [
                Need("sqs:SendMessage", _local_arn("sqs", str(given.get("QueueUrl", "")).rsplit("/", 1)[-1]))
            ]
        case ["sns", "publish"]:
            return [Need("sns:Publish", str(given.get("TopicArn") or given.get("TargetArn") or ANY_RESOURCE))]
        case ["events", "putEvents"]:
            entries = given.get("Entries") or [{}]
            return [
                Need("events:PutEvents", _bus_arn(entry.get("EventBusName", "default"))) for entry in entries
            ]
        case ["dynamodb", operation] if operation in _TABLE_ACTIONS:
            return [Need(_TABLE_ACTIONS[operation], _table_arn(str(given.get("TableName", ""))))]
        case ["states", "startExecution"]:
            return [Need("states:StartExecution", str(given.get("StateMachineArn", "")))]
        case ["ecs", "runTask"]:
            return [Need("ecs:RunTask", str(given.get("TaskDefinition", "")))]
    return []


def _of_sdk_call(name: str, given: dict[str, Any]) -> Need:
    _, service, operation = name.split(":")
    namespace = _IAM_NAMESPACES.get(service.lower(), service.lower())
    action = f"{namespace}:{operation[:1].upper()}{operation[1:]}"
    if service.lower() == "lambda" and operation == "invoke":
        action = "lambda:InvokeFunction"
    return Need(action, _named_resource(namespace, given))


def _named_resource(namespace: str, given: dict[str, Any]) -> str:
    """The ARN where the call's arguments name one."""
    for key in ("StateMachineArn", "TopicArn", "ResourceArn", "SecretId", "ExecutionArn"):
        if str(given.get(key, "")).startswith("arn:"):
            return str(given[key])
    if namespace == "dynamodb" and "TableName" in given:
        return _table_arn(str(given["TableName"]))
    if namespace == "lambda" and "FunctionName" in given:
        return _function_arn(str(given["FunctionName"]))
    if namespace == "cloudformation" and "StackName" in given:
        return _local_arn("cloudformation", f"stack/{given['StackName']}/*")
    return ANY_RESOURCE


def _error_name(action: str) -> str:
    """Each integration reports a denial under its own service's error name."""
    service = action.split(":", maxsplit=1)[0]
    if service == "lambda":
        return "Lambda.AWSLambdaException"
    if service == "dynamodb":
        return "DynamoDB.AccessDeniedException"
    if service == "states":
        return "StepFunctions.AccessDeniedException"
    return f"{service.capitalize()}.AccessDeniedException"


def _local_arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _function_arn(reference: str) -> str:
    return reference if reference.startswith("arn:") else _local_arn("lambda", f"function:{reference}")


def _table_arn(reference: str) -> str:
    return reference if reference.startswith("arn:") else _local_arn("dynamodb", f"table/{reference}")


def _bus_arn(reference: str) -> str:
    return reference if reference.startswith("arn:") else _local_arn("events", f"event-bus/{reference}")
