"""What can be read of drills: each with its verdict and its evidence, and what all of them prove."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import DrillStatus
from stargate.domain.drills.history import earlier_of, history, past_of, proven
from stargate.domain.moments import told
from stargate.errors import EnvironmentNotFoundError

if TYPE_CHECKING:
    from stargate.domain.drills.drill import Drill
    from stargate.ports.state import DrillRecords, Drills, Environments
    from stargate.ports.world import Clock

LINK_SECONDS = 900


@dataclass(frozen=True)
class ShowDrills:
    environments: Environments
    drills: Drills
    records: DrillRecords
    clock: Clock

    def all(self, name: str) -> dict[str, Any]:
        """The newest first."""
        drills = sorted(self.drills.all(self._id(name)), key=lambda one: one.drill_id, reverse=True)
        listed = [{**one.document(), "result": None, "verdict": one.result.get("verdict")} for one in drills]
        return {"drills": listed, "history": history(past_of(drills), self.clock.now()), "next": None}

    def one(self, name: str, drill_id: str) -> dict[str, Any]:
        """With every probe of a drill that is over, second by second, and links to its evidence."""
        drill = self.drills.get(self._id(name), drill_id)
        scored = drill.status is DrillStatus.SCORED and not drill.restore
        probes = self.records.get(drill.environment_id, drill_id).probes if scored else ()
        return {
            **drill.document(),
            "probes": [one.document() for one in probes],
            "earlier": earlier_of(drill, self.drills.all(drill.environment_id)),
            "evidence": self._evidence(drill) if scored else None,
        }

    def proven(self, environment_id: str) -> dict[str, Any]:
        """For an environment's status."""
        return proven(past_of(self.drills.all(environment_id)), self.clock.now())

    def _evidence(self, drill: Drill) -> dict[str, Any]:
        """Whoever has one of these addresses can read what is there until it expires, without a key."""
        links = self.records.links(drill.environment_id, drill.drill_id, LINK_SECONDS)
        return {
            **links,
            "expires_at": told(self.clock.now() + LINK_SECONDS),
            "record_sha256": drill.result.get("record_sha256"),
        }

    def _id(self, name: str) -> str:
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return environment.environment_id
