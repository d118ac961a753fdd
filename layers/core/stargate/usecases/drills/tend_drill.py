"""While a drill waits for the recovery: stop it if it must be, rescue LiteLLM if it is wedged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import RESCUE_AFTER, WATCH_SECONDS
from stargate.domain.drills.objectives import DATABASE, LITELLM
from stargate.domain.drills.stops import why_stop
from stargate.domain.moments import told
from stargate.domain.operating.operations import Change
from stargate.errors import DrillStoppedError

if TYPE_CHECKING:
    from stargate.domain.drills.deeds import Standing
    from stargate.domain.drills.drill import Drill
    from stargate.domain.environment import Environment
    from stargate.ports.gateway import Services
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.drills.survey_gateway import SurveyGateway
    from stargate.usecases.narrate import Narrator

WAIT_SECONDS = 10


@dataclass(frozen=True)
class TendDrill:
    operations: OperationsRows
    drills: Drills
    survey: SurveyGateway
    services: Services
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        """`over` once it has recovered and is whole, or its time is; DrillStoppedError if it must stop."""
        drill, now = self.drills.get(environment_id, drill_id), self.clock.now()
        overview = self.operations.by_id(environment_id)
        reason = why_stop(drill, overview, self.survey.budget(overview), now)
        if reason:
            self.drills.set(replace(drill, stop_reason=reason), "stop_reason")
            raise DrillStoppedError(reason)
        drill = self._note(drill, self.survey.standing(overview, drill.kind, drill.zone), now)
        if self._must_rescue(drill, now):
            self._rescue(overview.environment, drill, now)
        is_well = drill.recovered_at is not None and drill.whole_at is not None
        is_late = now - (drill.injected_at or now) > WATCH_SECONDS
        return {"over": is_well or is_late or drill.is_over, "wait_seconds": WAIT_SECONDS}

    def _note(self, drill: Drill, standing: Standing, now: float) -> Drill:
        """RDS's status whenever it is another, and when all services have their tasks again."""
        status = "absent" if standing.database is None else standing.database.status
        noted, names = drill, []
        if not drill.statuses or drill.statuses[-1]["status"] != status:
            noted = replace(noted, statuses=(*drill.statuses, {"at": told(now), "status": status}))
            names.append("statuses")
        if drill.whole_at is None and _is_whole(drill, standing):
            noted = replace(noted, whole_at=now)
            names.append("whole_at")
        if names:
            self.drills.set(noted, *names)
        return noted

    def _must_rescue(self, drill: Drill, now: float) -> bool:
        refuses = drill.well.get(DATABASE, False) and not drill.well.get(LITELLM, False)
        lost = drill.injected_at is not None and now - drill.injected_at >= RESCUE_AFTER
        return refuses and lost and DATABASE in drill.broken and drill.rescued_at is None

    def _rescue(self, environment: Environment, drill: Drill, now: float) -> None:
        self.services.restart(environment.region, environment.cluster, LITELLM)
        self.drills.set(replace(drill, rescued_at=now), "rescued_at")
        seconds = now - (drill.injected_at or now)
        entry = self.narrator.entry(
            environment, "action", LITELLM,
            f"litellm refuses keys {seconds:.0f} s after the failure and is deployed anew",
            drill.cause, {"drill": drill.drill_id},
        )  # fmt: skip
        self.operations.record(environment.environment_id, Change((), (entry,)))


def _is_whole(drill: Drill, standing: Standing) -> bool:
    """As many tasks run as are wanted, and none of those that were stopped is counted among them."""
    for service in (one for one in drill.broken if one != DATABASE):
        found = standing.services.get(service)
        if found is None or not found.whole:
            return False
        if any(task.task_id in deed for task in found.tasks for deed in drill.deeds):
            return False
    return True
