"""What the two actions on a scalable target have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import ActionKind

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action, Target
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts
    from stargate.domain.scaling.loop_state import LoopState

LOOKS_SECONDS = 180.0  # the outer loop looks each minute: three looks missed, and it is not there


class BoundsMoved(ActionKind):
    scope = "capacity"

    def found(self, facts: Facts) -> Target:
        return facts.scaling.bounds if facts.scaling else {}

    def deed(self, action: Action) -> str:
        bounds = f"{action.target['minimum']} to {action.target['maximum']} tasks"
        return f"{self.name}: bounds of {action.subject} set to {bounds}"


def loop_that_looks(case: Case) -> LoopState | None:
    """What the outer loop of the service has seen, if it is there."""
    loop = case.overview.operations.loops.get(case.subject)
    return loop if loop is not None and case.now - loop.looked_at < LOOKS_SECONDS else None
