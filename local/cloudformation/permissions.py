"""Each operation on a resource is asked for first: CloudFormation may do only what its role may.

MiniStack's operations call the provisioning functions under the names that `stacks` imported, so replacing
those three covers creates, updates, deletes and roll-backs, ours and MiniStack's. An import reads the
resource: AWS's handlers have no other operation for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, stacks

Check = Callable[[str, str, dict[str, Any], dict[str, Any]], None]
_importing: ContextVar[dict[str, Any]] = ContextVar("importing")  # the stack that imports


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

    imports, adopt = changesets._import_resources_async, changesets._import_resource

    async def importing(change_set: dict[str, Any], stack: dict[str, Any], new_stack: bool) -> None:  # noqa: FBT001
        _importing.set(stack)
        await imports(change_set, stack, new_stack)

    def checked_import(resource_type: str, identifier: dict[str, str]) -> Any:
        check("read", resource_type, {}, _importing.get())
        return adopt(resource_type, identifier)

    changesets._import_resources_async = importing
    changesets._import_resource = checked_import
    stacks._provision_resource = checked_provision
    stacks._update_resource = checked_update
    stacks._delete_resource = checked_delete
