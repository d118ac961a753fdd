"""Announce a drill and mute the loop: the preconditions once more, then the lease and the ledger as one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.drills.drill import LEASE_SECONDS, SCOPE, Drill, DrillStatus
from stargate.domain.faults import Fault
from stargate.domain.operating.leases import taken
from stargate.domain.operating.operations import Change
from stargate.errors import DrillRefusedError
from stargate.usecases.drills.request_drill import RequestDrill, refuse

if TYPE_CHECKING:
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class BeginDrill:
    operations: OperationsRows
    drills: Drills
    asking: RequestDrill
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, drill_id: str) -> Drill:
        """Called again it finds its own lease and changes nothing."""
        drill = self.drills.get(environment_id, drill_id)
        if drill.status is not DrillStatus.REQUESTED:
            return drill
        overview, now = self.operations.by_id(environment_id), self.clock.now()
        held = overview.operations.leases.get(SCOPE)
        if held is None or held.holder != drill_id:
            refuse(self.asking.checks(overview, None))
            lease = taken(held, SCOPE, drill_id, now)
            if lease is None:
                raise DrillRefusedError([Fault(SCOPE, "one is running", "none running")])
            entry = self.narrator.entry(
                overview.environment, "drill", drill.kind.value,
                f"drill {drill.kind} begins; the loop is muted for {LEASE_SECONDS / 60:.0f} min at most",
                drill.cause, {"drill": drill_id},
            )  # fmt: skip
            muted = replace(lease, expires_at=now + LEASE_SECONDS)
            self.operations.record(environment_id, Change((muted,), (entry,)))
        running = replace(drill, status=DrillStatus.RUNNING)
        self.drills.set(running, "status")
        return running
