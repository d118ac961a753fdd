"""Wait for the recovery; when the objective is past and LiteLLM still refuses, give it a new deployment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import RESCUE_AFTER, WATCH_SECONDS
from stargate.domain.drills.objectives import DATABASE, LITELLM
from stargate.domain.operating.operations import Change

if TYPE_CHECKING:
    from stargate.ports.gateway import Services
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

WAIT_SECONDS = 10


@dataclass(frozen=True)
class RescueGateway:
    operations: OperationsRows
    drills: Drills
    services: Services
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        """`over` once it has recovered or is watched no more."""
        drill, now = self.drills.get(environment_id, drill_id), self.clock.now()
        injected = drill.injected_at or now
        if drill.recovered_at is not None or drill.is_over or now - injected > WATCH_SECONDS:
            return {"over": True, "wait_seconds": WAIT_SECONDS}
        refuses = drill.well.get(DATABASE, False) and not drill.well.get(LITELLM, False)
        if refuses and drill.rescued_at is None and now - injected >= RESCUE_AFTER:
            environment = self.operations.by_id(environment_id).environment
            self.services.restart(environment.region, environment.cluster, LITELLM)
            self.drills.set(replace(drill, rescued_at=now), "rescued_at")
            entry = self.narrator.entry(
                environment, "action", LITELLM,
                f"litellm refuses keys {now - injected:.0f} s after the failure and is deployed anew",
                drill.cause, {"drill": drill_id},
            )  # fmt: skip
            self.operations.record(environment_id, Change((), (entry,)))
        return {"over": False, "wait_seconds": WAIT_SECONDS}
