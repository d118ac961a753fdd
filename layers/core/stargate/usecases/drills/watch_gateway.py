"""Watch a gateway through its front door before, during and after the failure, and keep what was seen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import (
    LEAST_SECONDS,
    STEADY_SECONDS,
    STEADY_WITHIN,
    WATCH_SECONDS,
    Drill,
)
from stargate.domain.drills.objectives import COMPONENTS
from stargate.domain.drills.seen import newest_well, with_database
from stargate.errors import DrillInterruptedError, DrillNotSteadyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.domain.drills.probes import Probe
    from stargate.ports.drills import Watch
    from stargate.ports.state import DrillRecords, Drills, Environments, Nodes
    from stargate.ports.world import Clock

TELL_SECONDS = 5.0  # how often the others are told, and asked whether the failure has been injected


@dataclass(frozen=True)
class WatchGateway:
    environments: Environments
    nodes: Nodes
    drills: Drills
    records: DrillRecords
    watch: Watch
    clock: Clock

    def __call__(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        drill = self.drills.get(environment_id, drill_id)
        if drill.injected_at is not None:
            raise DrillInterruptedError("the watch was interrupted after the failure: its edges are unknown")
        environment = self.environments.get(environment_id)
        outputs = self.nodes.all(environment_id)["edge"].outputs
        observer = _Observer(self.drills, self.clock, drill, self.clock.now())
        watched = self.watch.watch(
            environment.name,
            environment.secrets_prefix,
            environment.region,
            outputs["DistributionDomain"],
            WATCH_SECONDS,
            observer.enough,
        )
        watched = replace(watched, probes=tuple(with_database(watched.probes)))
        self.records.put(environment_id, drill_id, watched)
        if observer.drill.injected_at is None and not observer.drill.stop_reason:
            raise DrillNotSteadyError(
                f"the gateway was not steady for {STEADY_SECONDS:.0f} s: nothing was broken"
            )
        return {"probes": len(watched.probes), "recovered": observer.drill.recovered_at is not None}


@dataclass
class _Observer:
    """Tells the drill's row what is seen, and decides when it is enough."""

    drills: Drills
    clock: Clock
    drill: Drill
    began_at: float
    told_at: float = field(default=0.0)
    broken_at: float | None = field(default=None)  # when all that is to be broken was first seen done

    def enough(self, probes: Sequence[Probe]) -> bool:
        now = self.clock.now()
        if now - self.told_at < TELL_SECONDS:
            return False
        self.told_at = now
        known = self.drills.get(self.drill.environment_id, self.drill.drill_id)
        since = known.injected_at or self.began_at
        well = newest_well(with_database(probes), COMPONENTS, since)
        self.drill = replace(known, watched_at=now, well=well)
        if known.injected_at is None:
            return self._before(probes, now)
        if known.deeds_done and self.broken_at is None:
            self.broken_at = now
        is_late_enough = self.broken_at is not None and now - self.broken_at >= LEAST_SECONDS
        if all(well.values()) and is_late_enough:
            self.drill = replace(self.drill, recovered_at=now)
        self.drills.set(self.drill, "watched_at", "well", "recovered_at")
        return self._is_ended or self.drill.recovered_at is not None

    @property
    def _is_ended(self) -> bool:
        return self.drill.is_over or bool(self.drill.stop_reason)

    def _before(self, probes: Sequence[Probe], now: float) -> bool:
        """Steady once nothing failed for so long; given up when it does not become so."""
        failed = [probe.at for probe in probes if not probe.ok]
        quiet_since = max([self.began_at, *failed])
        steady = now - quiet_since >= STEADY_SECONDS and all(self.drill.well.values())
        self.drill = replace(self.drill, steady_at=quiet_since + STEADY_SECONDS if steady else None)
        self.drills.set(self.drill, "watched_at", "well", "steady_at")
        gives_up = not steady and now - self.began_at >= STEADY_WITHIN
        return gives_up or self._is_ended
