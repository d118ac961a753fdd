"""What muting alarms and unmuting them have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import ActionKind

if TYPE_CHECKING:
    from stargate.domain.operating.action import Target
    from stargate.domain.operating.facts import Facts

MUTED_SECONDS = 300.0
MOST_AT_ONCE = 100  # that CloudWatch takes in one call


class AlarmsSwitched(ActionKind):
    scope = "alarms"
    asks = frozenset({"sounding"})
    asks_again = asks

    def found(self, facts: Facts) -> Target:
        return {"alarms": facts.sounding or ()}
