"""Resources going away in time: dependents first, side by side where nothing stands between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.core.concurrency import run_reentrant
from ministack.services.cloudformation import provisioners, stacks

from local.cloudformation.blocking import blocks_always
from local.cloudformation.faults import DELETE
from local.cloudformation.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local.cloudformation.faults import Faults
    from local.services.pace import Pace


@dataclass(frozen=True)
class Removal:
    """Deletes resources of one stack, but those that its template retains or that are `spared`."""

    pace: Pace
    faults: Faults
    stack: dict[str, Any]
    spared: frozenset[str] = frozenset()
    rolls_back: bool = False
    retains_nothing: bool = False

    async def run(self, logical_ids: Iterable[str]) -> list[str]:
        """Delete them; answers the logical ids of those that could not be."""
        doomed = set(logical_ids)
        definitions = self.stack["_template"].get("Resources", {})
        dependents: dict[str, set[str]] = {name: set() for name in doomed}
        for name in doomed & set(definitions):
            for need in stacks._extract_deps(definitions[name], doomed) - {name}:
                dependents[need].add(name)
        outcome = await walk(dependents, self._remove, stop_at_failure=False)
        return sorted(name for name, well in outcome.items() if not well)

    async def _remove(self, logical_id: str) -> bool:
        resource = self.stack["_resources"].get(logical_id)
        if resource is None:
            return True
        policy = self._policy(logical_id)
        if logical_id in self.spared or policy in stacks._RETAINING_POLICIES:
            self._tell(logical_id, "DELETE_SKIPPED")
        else:
            self._tell(logical_id, "DELETE_IN_PROGRESS")
            try:
                await self._delete(logical_id, resource, policy)
            except Exception as failure:  # noqa: BLE001 - whatever a handler raises is the resource's reason
                self._failed(logical_id, resource, str(failure))
                return False
            self._tell(logical_id, "DELETE_COMPLETE")
        self.stack["_resources"].pop(logical_id, None)
        return True

    async def _delete(self, logical_id: str, resource: dict[str, Any], policy: str) -> None:
        kind, name = resource["ResourceType"], resource["PhysicalResourceId"]
        args = (kind, name, resource.get("Properties", {}), self.stack["StackName"], logical_id)
        leaves = provisioners._RESOURCE_HANDLERS.get(kind, {}).get("leaves")
        leaving = leaves(name) if leaves is not None else None
        await self.pace.deleting(self.stack["StackName"], logical_id, kind)
        if leaving is not None:
            await leaving  # it takes time of its own
        self.faults.strike(self.stack["StackName"], logical_id, DELETE)
        if policy == "Snapshot":
            stacks._snapshot_resource(*args[:3])
        if blocks_always(kind):
            await run_reentrant(stacks._delete_resource, *args)
        else:
            stacks._delete_resource(*args)

    def _policy(self, logical_id: str) -> str:
        template = self.stack["_template"]
        policy = stacks._resource_policy(
            template.get("Resources", {}).get(logical_id),
            "DeletionPolicy",
            self.stack["_resources"],
            self.stack.get("_resolved_params", {}),
            self.stack.get("_conditions", {}),
            template.get("Mappings", {}),
            self.stack["StackName"],
            self.stack["StackId"],
        )
        if self.rolls_back and (policy != "Retain" or self.retains_nothing):
            # What this very operation made holds no data yet: no snapshot, and only Retain keeps it.
            return "Delete"
        return str(policy)

    def _failed(self, logical_id: str, resource: dict[str, Any], reason: str) -> None:
        resource |= {"ResourceStatus": "DELETE_FAILED", "ResourceStatusReason": reason}
        self._tell(logical_id, "DELETE_FAILED", reason)

    def _tell(self, logical_id: str, status: str, reason: str = "") -> None:
        resource = self.stack["_resources"][logical_id]
        resource["ResourceStatus"] = status
        stacks._add_event(
            self.stack["StackId"],
            self.stack["StackName"],
            logical_id,
            resource["ResourceType"],
            status,
            reason,
            resource["PhysicalResourceId"],
        )
