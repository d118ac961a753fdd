"""Hooks as secrets of their environments in Secrets Manager: made, compared with, listed, removed."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of, listed_tags
from stargate.adapters.provisioning.secretsmanager import listed
from stargate.adapters.refusals import named
from stargate.domain.gateway.tags import owner_tags
from stargate.domain.signals.hooks import PREFIX, Hook, is_hooks_secret

if TYPE_CHECKING:
    from stargate.domain.environment import Environment

BYTES = 32
NOT_THERE = frozenset({"ResourceNotFoundException", "InvalidRequestException"})  # the latter: to be deleted


class ManagedHookSecrets:
    def make(self, hook: Hook, environment_id: str) -> None:
        with named("CreateSecret"):
            _manager(hook).create_secret(
                Name=hook.secret_name,
                Description=json.dumps({"hook": hook.hook_id, "note": hook.note}),
                SecretString=secrets.token_urlsafe(BYTES),
                Tags=listed_tags(owner_tags(hook.environment, environment_id)),
            )

    def value(self, hook: Hook) -> str | None:
        try:
            with named("GetSecretValue"):
                found = _manager(hook).get_secret_value(SecretId=hook.secret_name)
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return None
            raise
        return str(found["SecretString"])

    def of(self, environment: Environment) -> list[Hook]:
        """A recovery window is not a life."""
        with named("ListSecrets"):
            return [
                _hook(environment, secret)
                for secret in listed(environment.region, f"stargate-{environment.name}/{PREFIX}")
                if is_hooks_secret(secret["Name"]) and "DeletedDate" not in secret
            ]

    def remove(self, hook: Hook) -> bool:
        """Without a recovery window: it is taken away because nobody is to get in by it any more."""
        if self._is_gone(hook):
            return False
        with named("DeleteSecret"):
            _manager(hook).delete_secret(SecretId=hook.secret_name, ForceDeleteWithoutRecovery=True)
        return True

    def _is_gone(self, hook: Hook) -> bool:
        try:
            with named("DescribeSecret"):
                return "DeletedDate" in _manager(hook).describe_secret(SecretId=hook.secret_name)
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return True
            raise


def _manager(hook: Hook) -> Any:
    return client("secretsmanager", hook.region)


def _hook(environment: Environment, secret: dict[str, Any]) -> Hook:
    key = secret["Name"].rpartition(f"/{PREFIX}")[2]
    made = secret.get("CreatedDate")
    return Hook(environment.name, environment.region, key, _note(secret), made.timestamp() if made else None)


def _note(secret: dict[str, Any]) -> str:
    """As `make` wrote it; a person may have written something else since."""
    try:
        return str(json.loads(secret.get("Description", ""))["note"])
    except (ValueError, KeyError, TypeError):
        return str(secret.get("Description", ""))
