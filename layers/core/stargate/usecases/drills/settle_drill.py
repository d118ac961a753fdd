"""Whatever happened, give the drill's lease back, so that the loop repairs again; tell of one that failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import SCOPE, DrillStatus
from stargate.domain.operating.operations import Change
from stargate.errors import ConflictError

if TYPE_CHECKING:
    from stargate.domain.ledger import Entry
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

TRIES = 5


@dataclass(frozen=True)
class SettleDrill:
    operations: OperationsRows
    drills: Drills
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, drill_id: str, outcome: str, reason: str = "") -> dict[str, Any]:
        """`outcome` is unmuted or failed. What was settled first stays."""
        for _ in range(TRIES):
            try:
                self._unmute(environment_id, drill_id, outcome, reason)
            except ConflictError:  # the loop looked at its rows meanwhile
                continue
            return {"unmuted": True}
        raise ConflictError(f"the lease of drill {drill_id} is changed by others all the time")

    def _unmute(self, environment_id: str, drill_id: str, outcome: str, reason: str) -> None:
        overview, drill = self.operations.by_id(environment_id), self.drills.get(environment_id, drill_id)
        lease = overview.operations.leases.get(SCOPE)
        rows = (lease.released(),) if lease is not None and lease.holder == drill_id else ()
        fails = outcome == "failed" and not drill.is_over
        entries: tuple[Entry, ...] = ()
        if fails:
            entries = (
                self.narrator.entry(
                    overview.environment, "drill", drill.kind.value, f"drill {drill.kind} failed: {reason}",
                    drill.cause, {"drill": drill_id},
                ),
            )  # fmt: skip
        self.operations.record(environment_id, Change(rows, entries))
        if fails:
            failed = replace(drill, status=DrillStatus.FAILED, ended_at=self.clock.now(), reason=reason)
            self.drills.set(failed, "status", "ended_at", "reason")
