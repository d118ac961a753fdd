"""The kill switch: one for all environments, and off holds every action at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stargate.domain.faults import Fault
from stargate.domain.moments import told

LONGEST_REASON = 500


@dataclass(frozen=True)
class Switch:
    on: bool = True
    reason: str = ""
    actor: str = ""
    at: float | None = None

    def document(self) -> dict[str, Any]:
        return {
            "actions": "on" if self.on else "off",
            "reason": self.reason,
            "actor": self.actor,
            "at": None if self.at is None else told(self.at),
        }


def faults_of_turn(request: Any) -> tuple[Fault, ...]:
    """Of a request `{"actions": "on" | "off", "reason": text}`; off needs its reason."""
    if not isinstance(request, Mapping):
        return (Fault("", "is no JSON object", "a JSON object"),)
    found = [
        Fault(f"/{name}", "is not known", "one of actions, reason")
        for name in request
        if name not in ("actions", "reason")
    ]
    if request.get("actions") not in ("on", "off"):
        found.append(Fault("/actions", f"{request.get('actions')!r} is not allowed", "one of on, off"))
    reason = request.get("reason", "")
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
        found.append(Fault("/reason", "is no text or too long", f"text of up to {LONGEST_REASON} characters"))
    elif request.get("actions") == "off" and not reason.strip():
        found.append(Fault("/reason", "is missing", "why every action is held"))
    return tuple(found)
