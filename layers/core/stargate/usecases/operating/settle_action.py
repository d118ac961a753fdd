"""The end of an action: its outcome with what was measured, and the lease free again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.action import Action, ActionStatus
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.operations import Change, OperationRow
from stargate.errors import ConflictError
from stargate.usecases.operating.perform_action import found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.operations import Overview
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

STATUSES = {
    "reached": ActionStatus.REACHED,
    "missed": ActionStatus.MISSED,
    "failed": ActionStatus.FAILED,
}
TRIES = 5


@dataclass(frozen=True)
class SettleAction:
    operations: OperationsRows
    clock: Clock
    narrator: Narrator

    def __call__(
        self,
        environment_id: str,
        action_id: str,
        outcome: str,
        reason: str,
        measured: Mapping[str, float | None] | None = None,
    ) -> dict[str, Any]:
        """`outcome` is reached, missed or failed. What was settled first stays."""
        for _ in range(TRIES):
            try:
                status = self._settle(environment_id, action_id, outcome, reason, measured or {})
            except ConflictError:  # the other one may have settled it: look again
                continue
            return {"status": status.value}
        raise ConflictError(f"action {action_id} is changed by others all the time")

    def _settle(
        self, environment_id: str, action_id: str, outcome: str, reason: str, measured: Mapping[str, Any]
    ) -> ActionStatus:
        overview = self.operations.by_id(environment_id)
        action, status = found(overview, action_id), STATUSES[outcome]
        if not action.in_flight:
            return action.status
        now = self.clock.now()
        entry = self.narrator.entry(
            overview.environment,
            "action" if status is ActionStatus.FAILED else "verification",
            action.subject,
            f"{action.kind} of {action.subject} {outcome}: {reason}",
            action.entry_id or action.action_id,
            {"action": action.kind, "outcome": outcome, "measured": dict(measured)},
            overview.operations.incident_of(action.condition),
        )
        settled = replace(action, status=status, settled_at=now, outcome=reason)
        rows = (settled, *overview.operations.freed(action), *_ended(overview, settled, now))
        self.operations.record(environment_id, Change(rows, (entry,)))
        return status


def _ended(overview: Overview, action: Action, now: float) -> tuple[OperationRow, ...]:
    """A hold is over once it was seen to be taken back; what was changed is sure once AWS has taken it."""
    hold = overview.operations.holds.get(action.scope)
    if hold is None or not hold.live or action.status is ActionStatus.FAILED:
        return ()
    missed = action.status is ActionStatus.MISSED
    if hold.action_id == action.action_id:
        return (hold.spent_at(now) if missed and action.undo else hold.sure(),)
    takes_back = ACTIONS[hold.kind].taken_back_by == action.kind
    return (replace(hold, live=False),) if takes_back and not missed else ()
