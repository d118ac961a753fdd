"""Each operation on a resource is asked for first: CloudFormation may do only what its role may.

MiniStack's operations call the provisioning functions under the names that `stacks` imported, so replacing
those three covers creates, updates, deletes and roll-backs, ours and MiniStack's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

Check = Callable[[str, str, dict[str, Any], dict[str, Any]], None]


def _stack(stack_name: str | None) -> dict[str, Any]:
    return cloudformation._stacks.get(stack_name) or {"StackName": stack_name}


def install(check: Check) -> None:
    provision, update, delete = stacks._provision_resource, stacks._update_resource, stacks._delete_resource

    def checked_provision(resource_type: str, logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        check("create", resource_type, props, _stack(stack_name))
        return provision(resource_type, logical_id, props, stack_name)

    def checked_update(
        resource_type: str,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        *rest: Any,
    ) -> Any:
        if old != new:
            check("update", resource_type, new, _stack(stack_name))
        return update(resource_type, physical_id, old, new, stack_name, *rest)

    def checked_delete(
        resource_type: str,
        physical_id: str,
        props: dict[str, Any],
        stack_name: str | None = None,
        logical_id: str | None = None,
    ) -> Any:
        check("delete", resource_type, props, _stack(stack_name))
        return delete(resource_type, physical_id, props, stack_name, logical_id)

    stacks._provision_resource = checked_provision
    stacks._update_resource = checked_update
    stacks._delete_resource = checked_delete
