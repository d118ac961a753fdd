"""May this user or role do that? Asked of MiniStack's evaluator, with the policies and boundary it holds."""

import dataclasses
import json
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_actions import identity_denial_message
from ministack.core.responses import get_region
from ministack.services import iam

from local.iam import organization

ALLOW = "Allow"
ANY_RESOURCE = "?"
"""The ARN cannot be known beforehand: a statement that allows the action on some resource is enough."""


def refusal(
    principal: str,
    action: str,
    resource: str = ANY_RESOURCE,
    keys: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> str | None:
    """AWS's words for why `principal` may not do `action` on `resource`, or None if it may."""
    decision = decided(principal, action, resource, keys, tags)
    if decision == ALLOW:
        return None
    named = "*" if resource == ANY_RESOURCE else resource
    return str(identity_denial_message(action, principal, named, decision == "Deny"))


def decided(
    principal: str,
    action: str,
    resource: str = ANY_RESOURCE,
    keys: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> str:
    """Allow, Deny, or ImplicitDeny where no policy speaks of it."""
    if principal.endswith(":root"):
        return ALLOW
    if organization.denies(action):
        return "Deny"
    account, kind, name = _identify(principal)
    policies, limits = _policies(account, kind, name)
    context = iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type="User" if kind == "user" else "AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        request_tags=tags or {},
        tag_keys=list(tags or {}),
        service_context={key.lower(): value for key, value in (keys or {}).items()},
    )
    if resource == ANY_RESOURCE:
        policies = _on_any_resource(policies)
        limits = [_on_any_resource(limit) for limit in limits]
    return str(iam_evaluator.evaluate(context, policies, *limits).decision)


def is_trusted(role_arn: str, service: str) -> bool:
    """Whether the role exists and lets the service assume it."""
    account, _, name = _identify(role_arn)
    role = iam._roles.get_scoped(account, None, name)
    document = (role or {}).get("AssumeRolePolicyDocument") or {}
    statements = (json.loads(document) if isinstance(document, str) else document).get("Statement", [])
    return any(_lets_assume(statement, service) for statement in _listed(statements))


def _lets_assume(statement: dict[str, Any], service: str) -> bool:
    principal = statement.get("Principal", {})
    services = _listed(principal.get("Service", [])) if isinstance(principal, dict) else [principal]
    return statement.get("Effect") == "Allow" and bool({service, "*"} & set(services))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _identify(principal: str) -> tuple[str, str, str]:
    """Account, "user" or "role", and name: paths and session names are no part of it."""
    _, _, _, _, account, resource = principal.split(":", 5)
    parts = resource.split("/")
    if parts[0] == "assumed-role":
        return account, "role", parts[1]
    return account, parts[0], parts[-1]


def _policies(account: str, kind: str, name: str) -> tuple[Any, list[Any]]:
    if kind == "user":
        return (
            iam_evaluator._gather_user_policies(name, account),
            iam_evaluator._permissions_boundary(iam._users, name, account),
        )
    return (
        iam_evaluator._gather_role_policies(name, account),
        iam_evaluator._permissions_boundary(iam._roles, name, account),
    )


def _on_any_resource(policies: list[list[Any]]) -> list[list[Any]]:
    """The same statements without their resources; a denial of some resources only denies no unknown one."""
    return [[_without_resource(s) for s in statements if _counts(s)] for statements in policies]


def _counts(statement: Any) -> bool:
    return bool(statement.effect == "Allow" or statement.resources == ["*"])


def _without_resource(statement: Any) -> Any:
    return dataclasses.replace(statement, resources=["*"], not_resources=[])
