"""Break what the drill is about, once the gateway has been seen steady, and not twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import SCOPE
from stargate.domain.operating.operations import Change
from stargate.errors import DrillInterruptedError

if TYPE_CHECKING:
    from stargate.ports.gateway import Databases
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

WAIT_SECONDS = 5


@dataclass(frozen=True)
class InjectFailure:
    operations: OperationsRows
    drills: Drills
    databases: Databases
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        """`injected` false while the watch has not seen the gateway steady."""
        drill = self.drills.get(environment_id, drill_id)
        if drill.injected_at is not None:
            return {"injected": True, "wait_seconds": WAIT_SECONDS}
        overview, now = self.operations.by_id(environment_id), self.clock.now()
        lease = overview.operations.leases.get(SCOPE)
        if lease is None or lease.holder != drill_id or not overview.switch.on:
            raise DrillInterruptedError("the drill's lease is gone, or actions were switched off")
        if drill.steady_at is None or drill.watched_at is None or now - drill.watched_at > 30:
            return {"injected": False, "wait_seconds": WAIT_SECONDS}
        environment = overview.environment
        facts = self.databases.describe(environment.region, environment.cluster)
        begun = replace(drill, injected_at=now, zone_before=facts.zone if facts else "")
        self.drills.set(begun, "injected_at", "zone_before")
        self.databases.fail_over(environment.region, environment.cluster)
        entry = self.narrator.entry(
            environment, "drill", drill.kind.value, f"the database in {begun.zone_before} is failed over",
            drill.cause, {"drill": drill_id},
        )  # fmt: skip
        self.operations.record(environment_id, Change((), (entry,)))
        return {"injected": True, "wait_seconds": WAIT_SECONDS}
