"""The verdict of a drill: from the raw record and RDS's own events to the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import DrillStatus
from stargate.domain.drills.markers import loss_of
from stargate.domain.drills.platform import reported_by
from stargate.domain.drills.probes import INTERVAL_SECONDS
from stargate.domain.drills.score import Evidence, score
from stargate.domain.operating.operations import Change

if TYPE_CHECKING:
    from stargate.ports.gateway import Databases
    from stargate.ports.state import DrillRecords, Drills, Environments, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class ScoreDrill:
    environments: Environments
    operations: OperationsRows
    drills: Drills
    records: DrillRecords
    databases: Databases
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        drill = self.drills.get(environment_id, drill_id)
        if drill.is_over:
            return {"verdict": drill.result.get("verdict", "")}
        environment, watched = (
            self.environments.get(environment_id),
            self.records.get(environment_id, drill_id),
        )
        since = drill.injected_at or drill.requested_at
        events = self.databases.events(environment.region, environment.cluster, since - 60)
        facts = self.databases.describe(environment.region, environment.cluster)
        judged = score(
            Evidence(
                drill.kind,
                since,
                watched.probes,
                loss_of(watched.acknowledged, watched.found, INTERVAL_SECONDS),
                reported_by(events, drill.zone_before, facts.zone if facts else ""),
                drill.rescued_at,
            )
        )
        result = {**judged.document(), "events": [event.document() for event in events]}
        simulated = f" (simulated: {'; '.join(watched.assumptions)})" if watched.assumptions else ""
        entry = self.narrator.entry(
            environment, "drill", drill.kind.value,
            f"drill {drill.kind}: {judged.verdict}{simulated}: {judged.reason}",
            drill.cause, {"drill": drill_id, "verdict": judged.verdict.value},
        )  # fmt: skip
        self.operations.record(environment_id, Change((), (entry,)))
        scored = replace(
            drill, status=DrillStatus.SCORED, ended_at=self.clock.now(), reason=judged.reason,
            assumptions=watched.assumptions, result=result,
        )  # fmt: skip
        self.drills.set(scored, "status", "ended_at", "reason", "assumptions", "result")
        return {"verdict": judged.verdict.value}
