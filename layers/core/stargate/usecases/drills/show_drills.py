"""What can be read of drills: each with its verdict, and what all of them prove."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import Drill, DrillStatus
from stargate.domain.drills.history import Past, history
from stargate.errors import EnvironmentNotFoundError

if TYPE_CHECKING:
    from stargate.ports.state import DrillRecords, Drills, Environments
    from stargate.ports.world import Clock


@dataclass(frozen=True)
class ShowDrills:
    environments: Environments
    drills: Drills
    records: DrillRecords
    clock: Clock

    def all(self, name: str) -> dict[str, Any]:
        """The newest first."""
        drills = sorted(self.drills.all(self._id(name)), key=lambda one: one.drill_id, reverse=True)
        past = [_past(one) for one in drills if one.status is DrillStatus.SCORED]
        listed = [{**one.document(), "result": None, "verdict": one.result.get("verdict")} for one in drills]
        return {"drills": listed, "history": history(past, self.clock.now()), "next": None}

    def one(self, name: str, drill_id: str) -> dict[str, Any]:
        """With every probe of a drill that is over, second by second."""
        drill = self.drills.get(self._id(name), drill_id)
        probes: list[dict[str, Any]] = []
        if drill.status is DrillStatus.SCORED:
            probes = [one.document() for one in self.records.get(drill.environment_id, drill_id).probes]
        return {**drill.document(), "probes": probes}

    def _id(self, name: str) -> str:
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return environment.environment_id


def _past(drill: Drill) -> Past:
    seconds = {one["component"]: one["seconds"] for one in drill.result.get("components", ())}
    at = drill.injected_at or drill.requested_at
    return Past(drill.drill_id, drill.kind.value, at, drill.result["verdict"], seconds)
