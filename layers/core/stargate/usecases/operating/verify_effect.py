"""Measure whether an action brought about what it should. Changes nothing: settling does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.verification import Outcome, Verification, asked_by, verified
from stargate.usecases.operating.perform_action import found

if TYPE_CHECKING:
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.operating.gather_facts import Instruments


@dataclass(frozen=True)
class VerifyEffect:
    operations: OperationsRows
    instruments: Instruments
    clock: Clock

    def __call__(self, environment_id: str, action_id: str) -> dict[str, Any]:
        overview = self.operations.by_id(environment_id)
        action = found(overview, action_id)
        if not action.in_flight:
            settled = Outcome.REACHED if action.status is ActionStatus.REACHED else Outcome.MISSED
            return _answer(Verification(settled, f"it was settled before: {action.outcome}"))
        facts = self.instruments.gather(overview, action.subject, asked_by(action))
        return _answer(verified(action, facts, self.clock.now()))


def _answer(verification: Verification) -> dict[str, Any]:
    return {
        "outcome": verification.outcome.value,
        "reason": verification.reason,
        "measured": dict(verification.measured),
    }
