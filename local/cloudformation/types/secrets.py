"""Secrets, generated as asked, whose Ref is the ARN, MiniStack's is the name; imported as they are."""

from __future__ import annotations

import json
import secrets
import string
from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

KINDS = {
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": string.punctuation,
}


def generated(wanted: Properties) -> str:
    """Answer a value as GetRandomPassword makes it: at least one of each kind that is not excluded."""
    unwanted = set(wanted.get("ExcludeCharacters", ""))
    kinds = [
        "".join(character for character in characters if character not in unwanted)
        for exclusion, characters in KINDS.items()
        if not provisioners._cfn_bool(wanted.get(exclusion, False))
    ]
    if provisioners._cfn_bool(wanted.get("IncludeSpace", False)):
        kinds.append(" ")
    kinds = [kind for kind in kinds if kind]
    each = provisioners._cfn_bool(wanted.get("RequireEachIncludedType", True))
    drawn = [secrets.choice(kind) for kind in kinds] if each else []
    missing = int(wanted.get("PasswordLength", 32)) - len(drawn)
    drawn += [secrets.choice("".join(kinds)) for _ in range(missing)]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def with_value(properties: Properties) -> Properties:
    wanted = properties.get("GenerateSecretString")
    if wanted is None or properties.get("SecretString"):
        return properties
    value = generated(wanted)
    template = wanted.get("SecretStringTemplate")
    if template:
        value = json.dumps({**json.loads(template), wanted["GenerateStringKey"]: value})
    return {**properties, "SecretString": value}


def name_of(arn: str) -> str:
    return next((name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == arn), arn)


def create_secret(logical_id: str, properties: Properties, stack_name: str) -> Created:
    wanted = properties.get("Name")
    if wanted in secretsmanager._secrets:
        raise ValueError(f"The operation failed because the secret {wanted} already exists.")
    _, attributes = provisioners._sm_secret_create(logical_id, with_value(properties), stack_name)
    return attributes["Id"], attributes


def update_secret(
    arn: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
) -> Created:
    if new.get("GenerateSecretString") != old.get("GenerateSecretString"):
        new = with_value(new)
    _, attributes = provisioners._sm_secret_update(name_of(arn), old, new, stack_name, logical_id)
    return attributes["Id"], attributes


def delete_secret(arn: str, properties: Properties) -> None:
    provisioners._sm_secret_delete(name_of(arn), properties)


def import_secret(identifier: dict[str, str]) -> Created:
    """Its value stays what it is, and so do its tags."""
    arn = identifier["Id"]
    return arn, {"Id": arn}


def import_problem(arn: str) -> str | None:
    """One that waits to be deleted cannot be read, and what cannot be read is not imported."""
    secret = secretsmanager._secrets.get(name_of(arn))
    if secret is None or secret.get("DeletedDate"):
        return f"Resource of type 'AWS::SecretsManager::Secret' with identifier '{arn}' was not found."
    return None


HANDLERS = {
    "AWS::SecretsManager::Secret": {
        "create": create_secret,
        "update": update_secret,
        "delete": delete_secret,
        "import": import_secret,
    },
}
TAGGED = ()
IMPORTED = {"AWS::SecretsManager::Secret": (("Id",), import_problem)}
