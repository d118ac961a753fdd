"""Secrets, whose Ref is the ARN, as on AWS; MiniStack's is the name."""

from __future__ import annotations

from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def name_of(arn: str) -> str:
    return next((name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == arn), arn)


def create_secret(logical_id: str, properties: Properties, stack_name: str) -> Created:
    wanted = properties.get("Name")
    if wanted in secretsmanager._secrets:
        raise ValueError(f"The operation failed because the secret {wanted} already exists.")
    _, attributes = provisioners._sm_secret_create(logical_id, properties, stack_name)
    return attributes["Id"], attributes


def update_secret(
    arn: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
) -> Created:
    _, attributes = provisioners._sm_secret_update(name_of(arn), old, new, stack_name, logical_id)
    return attributes["Id"], attributes


def delete_secret(arn: str, properties: Properties) -> None:
    provisioners._sm_secret_delete(name_of(arn), properties)


HANDLERS = {
    "AWS::SecretsManager::Secret": {
        "create": create_secret,
        "update": update_secret,
        "delete": delete_secret,
    },
}
TAGGED = ()
