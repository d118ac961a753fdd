"""Break what the drill is about, once the gateway has been seen steady, and not twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.deeds import Deed, FailOver, LeaveZone, StopTask, broken_by, deeds_of
from stargate.domain.drills.stops import why_stop
from stargate.domain.moments import told
from stargate.domain.operating.operations import Change
from stargate.errors import DrillInterruptedError, DrillStoppedError

if TYPE_CHECKING:
    from stargate.domain.drills.drill import Drill
    from stargate.domain.environment import Environment
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import ZonalShifts
    from stargate.ports.drills import ServiceTasks
    from stargate.ports.gateway import Databases
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.drills.survey_gateway import SurveyGateway
    from stargate.usecases.narrate import Narrator

WAIT_SECONDS = 5
FRESH_SECONDS = 30.0  # a watch that has not been heard of for longer sees nothing any more


@dataclass(frozen=True)
class InjectFailure:
    operations: OperationsRows
    drills: Drills
    survey: SurveyGateway
    databases: Databases
    tasks: ServiceTasks
    shifts: ZonalShifts
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        """`injected` false while the watch has not seen the gateway steady."""
        drill = self.drills.get(environment_id, drill_id)
        if drill.injected_at is not None:
            if not drill.deeds_done:
                raise DrillInterruptedError("the failure was cut off half way: what it proves is unknown")
            return {"injected": True, "wait_seconds": WAIT_SECONDS}
        overview, now = self.operations.by_id(environment_id), self.clock.now()
        reason = why_stop(drill, overview, self.survey.budget(overview), now)
        if reason:
            raise DrillStoppedError(f"{reason}: nothing was broken")
        if drill.steady_at is None or drill.watched_at is None or now - drill.watched_at > FRESH_SECONDS:
            return {"injected": False, "wait_seconds": WAIT_SECONDS}
        self._inject(overview, drill, now)
        return {"injected": True, "wait_seconds": WAIT_SECONDS}

    def _inject(self, overview: Overview, drill: Drill, now: float) -> None:
        """The moment is written down before anything is done: it is never done twice."""
        standing = self.survey.standing(overview, drill.kind, drill.zone)
        deeds = deeds_of(drill.kind, standing)
        if not deeds:
            raise DrillInterruptedError(
                "there is nothing left to break: the gateway changed since it was asked"
            )
        done = tuple(deed.told() for deed in deeds)
        zone = standing.database.zone if standing.database else ""
        begun = replace(
            drill, injected_at=now, zone_before=zone, deeds=done, broken=broken_by(deeds, standing)
        )
        self.drills.set(begun, "injected_at", "zone_before", "deeds", "broken")
        environment = overview.environment
        for deed in deeds:
            self._do(environment, begun, deed)
        self.drills.set(
            replace(begun, deeds_done=True, statuses=self._status(environment)), "deeds_done", "statuses"
        )
        entry = self.narrator.entry(
            environment, "drill", drill.kind.value, "; ".join(done), drill.cause, {"drill": drill.drill_id}
        )
        self.operations.record(environment.environment_id, Change((), (entry,)))

    def _status(self, environment: Environment) -> tuple[dict[str, str], ...]:
        """What RDS says of the database at once: it may be back before anybody asks again."""
        found = self.databases.describe(environment.region, environment.database)
        return () if found is None else ({"at": told(self.clock.now()), "status": found.status},)

    def _do(self, environment: Environment, drill: Drill, deed: Deed) -> None:
        match deed:
            case FailOver():
                self.databases.fail_over(environment.region, environment.database)
            case StopTask():
                reason = f"drill {drill.drill_id}"
                self.tasks.stop(environment.region, environment.cluster, deed.task_id, reason)
            case LeaveZone():
                self._leave(environment, drill, deed)

    def _leave(self, environment: Environment, drill: Drill, deed: LeaveZone) -> None:
        """What has to be put back is written down before anything is changed."""
        had = {service: list(subnets) for service, subnets in deed.subnets.items()}
        noted = replace(drill, zone=deed.name, left_zone=deed.zone, balancer=deed.balancer, subnets=had)
        self.drills.set(noted, "zone", "left_zone", "balancer", "subnets")
        region, comment = environment.region, f"drill {drill.drill_id}"
        self.shifts.shift(region, deed.balancer, deed.zone, comment)
        for service, subnets in deed.left.items():
            self.shifts.place(region, environment.cluster, service, subnets)
