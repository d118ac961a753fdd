"""What the two actions on a scalable target have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import ActionKind

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action, Target
    from stargate.domain.operating.facts import Facts


class BoundsMoved(ActionKind):
    scope = "capacity"

    def found(self, facts: Facts) -> Target:
        return facts.scaling.bounds if facts.scaling else {}

    def deed(self, action: Action) -> str:
        bounds = f"{action.target['minimum']} to {action.target['maximum']} tasks"
        return f"{self.name}: bounds of {action.subject} set to {bounds}"
