"""Resources that are to fail: named from outside, by stack, logical id and operation, until taken back."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass, field
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

CREATE, UPDATE, ROLLBACK, DELETE = OPERATIONS = ("create", "update", "rollback", "delete")

_going_back: contextvars.ContextVar[bool] = contextvars.ContextVar("stargate_going_back", default=False)


class InjectedFailureError(Exception):
    """Its text is the resource's reason, word for word."""


@dataclass(frozen=True)
class Faults:
    reasons: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def add(self, body: dict[str, Any]) -> dict[str, Any]:
        """`when` is the operation that fails: to create it (if not told), update, rollback or delete."""
        missing = [name for name in ("stack", "resource", "reason") if not body.get(name)]
        if missing:
            raise ValueError(f"a fault needs stack, resource and reason; missing: {', '.join(missing)}")
        when = str(body.get("when", CREATE))
        if when not in OPERATIONS:
            raise ValueError(f"{when!r} is no operation that can fail: one of {', '.join(OPERATIONS)}")
        self.reasons[str(body["stack"]), str(body["resource"]), when] = str(body["reason"])
        return self.listed()

    def clear(self, _body: dict[str, Any]) -> dict[str, Any]:
        self.reasons.clear()
        return self.listed()

    def listed(self) -> dict[str, Any]:
        return {
            "faults": [
                {"stack": stack, "resource": resource, "when": when, "reason": reason}
                for (stack, resource, when), reason in self.reasons.items()
            ]
        }

    def strike(self, stack_name: str, logical_id: str, when: str) -> None:
        reason = self.reasons.get((stack_name, logical_id, when))
        if reason is not None:
            raise InjectedFailureError(reason)


def install(faults: Faults) -> None:
    """Let them strike MiniStack's updates too: what changes, what is new, and what goes back."""
    provision, update, revert = stacks._provision_resource, stacks._update_resource, stacks._revert_update

    def faulty_provision(resource_type: str, logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        if _is_updated(stack_name):
            faults.strike(stack_name, logical_id, CREATE)
        return provision(resource_type, logical_id, props, stack_name)

    def faulty_update(
        resource_type: str,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
        *rest: Any,
    ) -> Any:
        if old != new and logical_id is not None:
            faults.strike(stack_name, logical_id, ROLLBACK if _going_back.get() else UPDATE)
        return update(resource_type, physical_id, old, new, stack_name, logical_id, *rest)

    async def marked_revert(*args: Any) -> None:
        token = _going_back.set(True)
        try:
            await revert(*args)
        finally:
            _going_back.reset(token)

    stacks._provision_resource = faulty_provision
    stacks._update_resource = faulty_update
    stacks._revert_update = marked_revert


def _is_updated(stack_name: str) -> bool:
    stack = cloudformation._stacks.get(stack_name) or {}
    return str(stack.get("StackStatus", "")).startswith("UPDATE")
