"""A stack coming up in time: resources start side by side as soon as what they refer to stands.

MiniStack provisions one resource after the other and is done at once. Here each resource is asked for, takes
its time, and only then counts as created; the first failure cancels what is under way and rolls back, with
the events and reasons of AWS in AWS's order.
"""

from __future__ import annotations

import asyncio
import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack.core.concurrency import run_reentrant
from ministack.core.responses import now_iso
from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners, stacks

from local.cloudformation.blocking import blocks_always
from local.cloudformation.events import STACK_TYPE
from local.cloudformation.faults import CREATE
from local.cloudformation.removal import Removal
from local.cloudformation.walk import walk

if TYPE_CHECKING:
    from local.cloudformation.faults import Faults
    from local.services.pace import Pace


async def stand(kind: str, physical_id: str) -> None:
    """Let the resource show that it stands. Some take time of their own: they are waited for."""
    stands = provisioners._RESOURCE_HANDLERS.get(kind, {}).get("stands")
    standing = stands(physical_id) if stands is not None else None
    if standing is not None:
        await standing


CANCELLED = "Resource creation cancelled"
INITIATED = "Resource creation Initiated"


@dataclass
class Creation:
    pace: Pace
    faults: Faults
    stack: dict[str, Any]
    template: dict[str, Any]
    parameters: dict[str, Any]
    disable_rollback: bool
    retain_except_on_create: bool
    failed: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.stack["StackName"])

    @property
    def stack_id(self) -> str:
        return str(self.stack["StackId"])

    async def run(self) -> None:
        definitions = self.template.get("Resources", {})
        self.conditions = stacks._evaluate_conditions(self.template, self.parameters)
        self.stack["_conditions"] = self.conditions
        self.stack["_template"] = self.template
        try:
            ordered = stacks._topological_sort(definitions, self.conditions)
        except ValueError as circle:
            self._end("CREATE_FAILED", str(circle))
            return
        if self._refused_by_validation(definitions, ordered):
            return
        present = set(ordered)
        needs = {name: stacks._extract_deps(definitions[name], present) - {name} for name in ordered}
        outcome = await walk(needs, self._create, stop_at_failure=True)
        created = all(outcome.get(name) for name in ordered)
        if not (created and self._succeed()):
            await self._fail()

    def _refused_by_validation(self, definitions: dict[str, Any], ordered: list[str]) -> bool:
        return not self.stack.get("_disable_validation") and stacks._fail_property_validation(
            self.stack,
            self.stack_id,
            self.name,
            definitions,
            ordered,
            self.parameters,
            self.conditions,
            self._mappings,
            self.disable_rollback,
        )

    @property
    def _mappings(self) -> dict[str, Any]:
        return dict(self.template.get("Mappings", {}))

    async def _create(self, logical_id: str) -> bool:
        kind = str(self.template["Resources"][logical_id].get("Type", "AWS::CloudFormation::CustomResource"))
        self._tell(logical_id, kind, "CREATE_IN_PROGRESS")
        try:
            # What AWS refuses it refuses before it makes anything.
            self.faults.strike(self.name, logical_id, CREATE)
            await self._provision(logical_id, kind)
            await self.pace.creating(self.name, logical_id, kind)
            await stand(kind, self.stack["_resources"][logical_id]["PhysicalResourceId"])
        except asyncio.CancelledError:
            self._resource_failed(logical_id, kind, CANCELLED)
            raise
        except Exception as failure:  # noqa: BLE001 - whatever a handler raises is the resource's reason
            self._resource_failed(logical_id, kind, str(failure))
            return False
        self._tell(logical_id, kind, "CREATE_COMPLETE")
        return True

    async def _provision(self, logical_id: str, kind: str) -> None:
        properties, dynamic = self._resolved(logical_id)
        tagged = stacks._with_stack_tags(
            kind, properties, self.stack.get("Tags") or [], self.name, self.stack_id, logical_id
        )
        args = (kind, logical_id, tagged, self.name)
        if blocks_always(kind):
            (physical_id, attributes), seed = await run_reentrant(stacks._provision_keeping_seed, *args)
        else:
            (physical_id, attributes), seed = stacks._provision_keeping_seed(*args)
        self.stack["_resources"][logical_id] = {
            "PhysicalResourceId": physical_id,
            "ResourceType": kind,
            "ResourceStatus": "CREATE_IN_PROGRESS",
            "LogicalResourceId": logical_id,
            "Properties": properties,
            "Attributes": attributes,
            "Timestamp": now_iso(),
        }
        if dynamic:
            self.stack["_resources"][logical_id]["_dynamic"] = dynamic
        if seed:
            self.stack["_resources"][logical_id]["_name_seed"] = seed
        self._tell(logical_id, kind, "CREATE_IN_PROGRESS", INITIATED)

    def _resolved(self, logical_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        raw = copy.deepcopy(self.template["Resources"][logical_id].get("Properties", {}))
        properties = stacks._resolve_refs(
            raw,
            self.stack["_resources"],
            self.parameters,
            self.conditions,
            self._mappings,
            self.name,
            self.stack_id,
        )
        present = {key: value for key, value in properties.items() if value is not stacks._NO_VALUE}
        properties, dynamic = stacks._resolve_dynamic_references(present, None)
        return properties, dynamic

    def _resource_failed(self, logical_id: str, kind: str, reason: str) -> None:
        self.failed.append(logical_id)
        self._tell(logical_id, kind, "CREATE_FAILED", reason)

    def _succeed(self) -> bool:
        try:
            outputs, exports = stacks._resolve_stack_outputs(
                self.template.get("Outputs", {}),
                self.conditions,
                self.stack["_resources"],
                self.parameters,
                self._mappings,
                self.name,
                self.stack_id,
            )
        except Exception as failure:  # noqa: BLE001 - an output that cannot be resolved fails the stack
            self._end("CREATE_FAILED", str(failure))
            return False
        self.stack["_resolved_params"] = self.parameters
        self.stack["Outputs"] = outputs
        cloudformation._exports.update(exports)
        self._end("CREATE_COMPLETE")
        return True

    async def _fail(self) -> None:
        names = ", ".join(sorted(self.failed))
        reason = f"The following resource(s) failed to create: [{names}]. " if names else ""
        if self.disable_rollback:
            self.stack["_failed_operation"] = self._operation()
            self._end("CREATE_FAILED", reason)
            return
        self._end("ROLLBACK_IN_PROGRESS", reason + "Rollback requested by user.")
        removal = Removal(
            self.pace,
            self.faults,
            self.stack,
            rolls_back=True,
            retains_nothing=self.retain_except_on_create,
        )
        left = await removal.run(self.stack["_resources"])
        if left:
            self._end("ROLLBACK_FAILED", f"The following resource(s) failed to delete: [{', '.join(left)}].")
        else:
            self._end("ROLLBACK_COMPLETE")

    def _operation(self) -> dict[str, Any]:
        """What RollbackStack needs, should somebody ask for it later."""
        created = list(self.stack["_resources"])
        first = self.failed[0] if self.failed else None
        tags = self.stack.get("Tags") or []
        operation = stacks._failed_operation(
            False,  # noqa: FBT003 - MiniStack's own signature
            None,
            created,
            None,
            first,
            [],
            False,  # noqa: FBT003
            self.template,
            self.parameters,
            self.retain_except_on_create,
            tags,
            [],
            {},
        )
        return dict(operation)

    def _end(self, status: str, reason: str = "") -> None:
        self.stack["StackStatus"] = status
        self.stack["StackStatusReason"] = reason
        stacks._add_event(self.stack_id, self.name, self.name, STACK_TYPE, status, reason, self.stack_id)

    def _tell(self, logical_id: str, kind: str, status: str, reason: str = "") -> None:
        resource = self.stack["_resources"].get(logical_id, {})
        if resource:
            resource |= {"ResourceStatus": status, "ResourceStatusReason": reason, "Timestamp": now_iso()}
        physical_id = resource.get("PhysicalResourceId", "")
        stacks._add_event(self.stack_id, self.name, logical_id, kind, status, reason, physical_id)
