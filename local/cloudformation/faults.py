"""Resources that are to fail: named from outside, by stack and logical id, until taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class InjectedFailureError(Exception):
    """Its text is the resource's reason, word for word."""


@dataclass(frozen=True)
class Faults:
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, body: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("stack", "resource", "reason") if not body.get(name)]
        if missing:
            raise ValueError(f"a fault needs stack, resource and reason; missing: {', '.join(missing)}")
        self.reasons[str(body["stack"]), str(body["resource"])] = str(body["reason"])
        return self.listed()

    def clear(self, _body: dict[str, Any]) -> dict[str, Any]:
        self.reasons.clear()
        return self.listed()

    def listed(self) -> dict[str, Any]:
        return {
            "faults": [
                {"stack": stack, "resource": resource, "reason": reason}
                for (stack, resource), reason in self.reasons.items()
            ]
        }

    def strike(self, stack_name: str, logical_id: str) -> None:
        reason = self.reasons.get((stack_name, logical_id))
        if reason is not None:
            raise InjectedFailureError(reason)
