"""What can be read of an environment's conditions: what is wrong, what was decided, what is being done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told
from stargate.domain.paging import NO_MARK
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.conditions import Condition, Decided
    from stargate.domain.operating.holds import Hold
    from stargate.domain.operating.operations import Operations
    from stargate.ports.state import OperationsRows

    Document = dict[str, Any]


@dataclass(frozen=True)
class ShowConditions:
    operations: OperationsRows

    def __call__(self, name: str, limit: int, after: str | None, *, open_only: bool = True) -> Document:
        """`{"conditions": […], "next": …}`, by kind and subject; those that never opened are not shown."""
        overview = self.operations.by_name(name)
        if overview is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        known = overview.operations
        keys = sorted(
            key for key, one in known.conditions.items() if one.times_opened and (one.open or not open_only)
        )
        if after is not None and after not in known.conditions:
            raise InvalidRequestError([NO_MARK])
        rest = [key for key in keys if after is None or key > after]
        page = rest[:limit]
        return {
            "conditions": [_document(known, known.conditions[key]) for key in page],
            "next": page[-1] if len(rest) > limit else None,
        }


def _document(known: Operations, condition: Condition) -> Document:
    action = known.in_flight(condition.key)
    holds = [one for one in known.holds.values() if one.live and one.condition == condition.key]
    return {
        "kind": condition.kind,
        "subject": condition.subject,
        "severity": condition.severity.value,
        "status": "open" if condition.open else "closed",
        "opened_at": told(condition.opened_at),
        "closed_at": None if condition.closed_at is None else told(condition.closed_at),
        "times_opened": condition.times_opened,
        "reported_by": sorted(source for source, report in condition.reports.items() if report.opens),
        "stops": len(condition.stops),
        "cause": condition.cause,
        "decision": _decision(condition.decided) if condition.decided else None,
        "action": _action(action) if action else None,
        "holds": [_hold(one) for one in holds],
    }


def _decision(decided: Decided) -> Document:
    return {
        "verdict": decided.verdict,
        "action": decided.action,
        "guard": decided.guard,
        "reason": decided.reason,
        "at": told(decided.at),
        "lifts_at": None if decided.lifts_at is None else told(decided.lifts_at),
        "entry": decided.entry_id,
    }


def _action(action: Action) -> Document:
    return {
        "id": action.action_id,
        "kind": action.kind,
        "status": action.status.value,
        "target": dict(action.target),
        "requested_at": told(action.requested_at),
        "performed_at": None if action.performed_at is None else told(action.performed_at),
    }


def _hold(hold: Hold) -> Document:
    return {
        "kind": hold.kind,
        "subject": hold.subject,
        "target": dict(hold.target),
        "until": told(hold.until),
    }
