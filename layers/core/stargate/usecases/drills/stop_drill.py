"""An operator stops a drill: it is told to its row, and whoever works on it sees it within seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.faults import Fault
from stargate.errors import DrillOverError, EnvironmentNotFoundError, InvalidRequestError

if TYPE_CHECKING:
    from stargate.ports.state import Drills, Environments

LONGEST_REASON = 200


@dataclass(frozen=True)
class StopDrill:
    environments: Environments
    drills: Drills
    actor: str

    def __call__(self, name: str, drill_id: str, request: Any) -> dict[str, Any]:
        """The drill's document; the first reason stays. DrillOverError if there is nothing to stop."""
        reason = _reason(request)
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        drill = self.drills.get(environment.environment_id, drill_id)
        if drill.is_over:
            raise DrillOverError(f"drill {drill_id} is {drill.status} already")
        if not drill.stop_reason:
            drill = replace(drill, stop_reason=f"stopped by {self.actor}{f': {reason}' if reason else ''}")
            self.drills.set(drill, "stop_reason")
        return drill.document()


def _reason(request: Any) -> str:
    if request is None:
        return ""
    allowed = f'{{"reason": text of at most {LONGEST_REASON} characters}}'
    if not isinstance(request, Mapping) or set(request) - {"reason"}:
        raise InvalidRequestError([Fault("", "is not known", allowed)])
    reason = request.get("reason", "")
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
        raise InvalidRequestError([Fault("/reason", "is no such text", allowed)])
    return reason
