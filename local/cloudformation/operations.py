"""Takes MiniStack's stack operations over: create and delete in time, updates with MiniStack's own engine."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, stacks

from local.cloudformation import blocking
from local.cloudformation.creation import Creation, stand
from local.cloudformation.events import STACK_TYPE
from local.cloudformation.removal import Removal

if TYPE_CHECKING:
    from local.cloudformation.faults import Faults
    from local.services.pace import Pace

MinistackOperation = Any


@dataclass(frozen=True)
class Operations:
    pace: Pace
    faults: Faults
    ministack_deploy: MinistackOperation
    ministack_delete: MinistackOperation
    under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    deleting: set[str] = field(default_factory=set)

    async def deploy(  # noqa: PLR0913, PLR0917 - MiniStack's own signature
        self,
        stack_name: str,
        stack_id: str,
        template: dict[str, Any],
        param_values: dict[str, Any],
        disable_rollback: bool,  # noqa: FBT001
        tags: list[dict[str, str]],
        is_update: bool = False,  # noqa: FBT001, FBT002
        previous_stack: dict[str, Any] | None = None,
        retain_except_on_create: bool = False,  # noqa: FBT001, FBT002
        imports: dict[str, Any] | None = None,
    ) -> None:
        stack = cloudformation._stacks[stack_name]
        if is_update or imports:
            await self.ministack_deploy(
                stack_name,
                stack_id,
                template,
                param_values,
                disable_rollback,
                tags,
                is_update,
                previous_stack,
                retain_except_on_create,
                imports,
            )
            await stand_all(stack)
            return
        creation = Creation(
            self.pace, self.faults, stack, template, param_values, disable_rollback, retain_except_on_create
        )
        self.under_way[stack_id] = asyncio.create_task(creation.run())
        try:
            await asyncio.wait([self.under_way[stack_id]])
        finally:
            task = self.under_way.pop(stack_id)
        if not task.cancelled():
            task.result()

    async def delete(
        self,
        stack_name: str,
        stack_id: str,
        retain_resources: frozenset[str] = frozenset(),
        force: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        stack = cloudformation._stacks.get(stack_name)
        if stack is None or stack_id in self.deleting:
            return
        self.deleting.add(stack_id)
        try:
            await self._interrupt_creation(stack, stack_id)
            if force:
                await self.ministack_delete(stack_name, stack_id, retain_resources, force)
            else:
                await self._delete(stack, frozenset(retain_resources))
        finally:
            self.deleting.discard(stack_id)

    async def _interrupt_creation(self, stack: dict[str, Any], stack_id: str) -> None:
        """Deleting a stack that is still coming up ends that first; a roll-back is left to finish."""
        creation = self.under_way.get(stack_id)
        if creation is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return
        if stack["StackStatus"] == "CREATE_IN_PROGRESS":
            creation.cancel()
        await asyncio.wait([creation])

    async def _delete(self, stack: dict[str, Any], spared: frozenset[str]) -> None:
        settle(stack, "DELETE_IN_PROGRESS", "User Initiated")
        left = await Removal(self.pace, self.faults, stack, spared).run(stack["_resources"])
        if left:
            settle(
                stack,
                "DELETE_FAILED",
                f"The following resource(s) failed to delete: [{', '.join(left)}]. ",
            )
            return
        for output in stack.get("Outputs", []):
            cloudformation._exports.pop(output.get("ExportName", ""), None)
        settle(stack, "DELETE_COMPLETE")


def settle(stack: dict[str, Any], status: str, reason: str = "") -> None:
    stack["StackStatus"] = status
    stack["StackStatusReason"] = reason
    name, stack_id = stack["StackName"], stack["StackId"]
    stacks._add_event(stack_id, name, name, STACK_TYPE, status, reason, stack_id)


async def stand_all(stack: dict[str, Any]) -> None:
    """An update is not spread over time, but for what blocks: all that it made stands when it ends."""
    for resource in list(stack["_resources"].values()):
        await stand(resource["ResourceType"], resource["PhysicalResourceId"])


def install(pace: Pace, faults: Faults) -> None:
    operations = Operations(pace, faults, stacks._deploy_stack_async, stacks._delete_stack_async)
    for module in (stacks, handlers, changesets):
        module._deploy_stack_async = operations.deploy
    for module in (stacks, handlers):
        module._delete_stack_async = operations.delete
    blocking.install()
