"""CloudFormation acts with the rights of the role it was given, or else of whoever called it.

The caller must be allowed to pass the role, and the role must trust CloudFormation. Once a stack has a role
it keeps it, as on AWS. Capabilities are MiniStack's own check (AUTH=true).
"""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import cloudformation
from ministack.services.cloudformation import helpers

from local.iam.permissions import Place, needs
from local.iam.principals import is_trusted, refusal

SERVICE = "cloudformation.amazonaws.com"
_CALLER = "_stargate_caller"
_OPERATIONS = ("CreateStack", "UpdateStack", "CreateChangeSet", "ExecuteChangeSet", "DeleteStack")

Answer = tuple[int, dict[str, str], bytes]
Operation = Callable[[dict[str, Any]], Answer]


class NotAuthorizedError(Exception):
    """Its text is the resource's status reason."""


def install() -> None:
    for name in _OPERATIONS:
        handlers = cloudformation._ACTION_HANDLERS
        handlers[name] = _on_behalf(handlers[name])


def check_resource(
    operation: str, resource_type: str, properties: dict[str, Any], stack: dict[str, Any]
) -> None:
    """Raise NotAuthorizedError if the stack's principal may not create, update or delete this resource."""
    principal = stack.get("RoleARN") or stack.get(_CALLER) or iam_evaluator.caller_arn()
    _check(principal, operation, resource_type, properties, stack)


def check_reading(resource_type: str, properties: dict[str, Any], stack: dict[str, Any]) -> None:
    """Raise NotAuthorizedError if whoever calls may not read this resource, as drift is read."""
    _check(iam_evaluator.caller_arn(), "read", resource_type, properties, stack)


def _check(
    principal: str, operation: str, resource_type: str, properties: dict[str, Any], stack: dict[str, Any]
) -> None:
    place = Place(get_account_id(), get_region(), str(stack.get("StackName") or "stack"))
    tags = _tags(properties, stack)
    for need in needs(operation, resource_type, properties, place):
        denial = refusal(_as_session(principal), need.action, need.resource, need.keys, tags)
        if denial:
            raise NotAuthorizedError(_as_resource_handler(denial, need.action))


def _on_behalf(operation: Operation) -> Operation:
    """The operation, refused or remembered as someone's.

    Stacks start to run only after their handler has returned to the event loop, so what is noted on the
    record right after it is there before the first resource.
    """

    def operate(params: dict[str, Any]) -> Answer:
        role = helpers._p(params, "RoleARN")
        caller = iam_evaluator.caller_arn()
        denial = _may_not_pass(caller, role) if role else None
        if denial:
            answer: Answer = helpers._error("AccessDenied", denial, 403)
            return answer
        before = _stack(params)  # an executed change set no longer names its stack
        answer = operation(params)
        if answer[0] == 200:
            _note(_stack(params) or before, role, caller)  # a stack made again under its name is another one
        return answer

    return operate


def _may_not_pass(caller: str, role: str) -> str | None:
    denial = refusal(caller, "iam:PassRole", role, {"iam:PassedToService": SERVICE})
    if denial:
        return denial
    if not is_trusted(role, SERVICE):
        return f"Role {role} is invalid or cannot be assumed"
    return None


def _stack(params: dict[str, Any]) -> dict[str, Any] | None:
    name = helpers._p(params, "StackName")
    if not name:
        change_set = cloudformation._change_sets.get(helpers._p(params, "ChangeSetName")) or {}
        name = change_set.get("StackName", "")
    named: dict[str, Any] | None = cloudformation._stacks.get(name)
    if named is None:
        named = next((s for s in cloudformation._stacks.values() if s.get("StackId") == name), None)
    return named


def _note(stack: dict[str, Any] | None, role: str, caller: str) -> None:
    if stack is not None:
        stack[_CALLER] = caller
        if role:
            stack["RoleARN"] = role


def _as_session(principal: str) -> str:
    """CloudFormation assumes the role under its own session name."""
    if ":role/" not in principal:
        return principal
    account, name = principal.split(":")[4], principal.rsplit("/", 1)[-1]
    return f"arn:aws:sts::{account}:assumed-role/{name}/AWSCloudFormation"


def _tags(properties: dict[str, Any], stack: dict[str, Any]) -> dict[str, str]:
    own = properties.get("Tags") or []
    pairs = (
        own.items()
        if isinstance(own, dict)
        else ((t.get("Key"), t.get("Value")) for t in own if isinstance(t, dict))
    )
    inherited = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", []) if "Key" in tag}
    return {**inherited, **{str(key): str(value) for key, value in pairs}}


def _as_resource_handler(denial: str, action: str) -> str:
    service = action.split(":", maxsplit=1)[0].capitalize()
    return (
        f'Resource handler returned message: "{denial} (Service: {service}, Status Code: 403, '
        f'Request ID: {new_uuid()})" (RequestToken: {new_uuid()}, HandlerErrorCode: AccessDenied)'
    )
