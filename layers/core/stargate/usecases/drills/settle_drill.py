"""Whatever happened, put back what a drill took: alarms sound, the loop repairs; tell of one that failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import DrillStatus
from stargate.domain.drills.sweep import left_of
from stargate.domain.operating.operations import Change
from stargate.errors import ConflictError, NotPutBackYetError

if TYPE_CHECKING:
    from stargate.domain.drills.drill import Drill
    from stargate.domain.environment import Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import ZonalShifts
    from stargate.ports.drills import AlarmActions, Rehearsals
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

TRIES = 5
STOPPED = "DrillStoppedError"


@dataclass(frozen=True)
class SettleDrill:
    operations: OperationsRows
    drills: Drills
    alarms: AlarmActions
    shifts: ZonalShifts
    rehearsals: Rehearsals
    clock: Clock
    narrator: Narrator

    def __call__(
        self, environment_id: str, drill_id: str, outcome: str, reason: str = "", error: str = ""
    ) -> dict[str, Any]:
        """`outcome` is put_back or failed, `error` the class of the failure. What was settled first stays."""
        drill = self.drills.get(environment_id, drill_id)
        if drill.put_back_at is None:
            self._put_back(self.operations.by_id(environment_id), drill)
        for _ in range(TRIES):
            try:
                self._free(environment_id, drill_id, outcome, reason, error)
            except ConflictError:  # the loop looked at its rows meanwhile
                continue
            return {"put_back": True}
        raise ConflictError(f"the lease of drill {drill_id} is changed by others all the time")

    def put_back_again(self, environment_id: str, drill_id: str) -> None:
        """Once more, after the end: a function that was still at work then may have taken something since."""
        overview, drill = self.operations.by_id(environment_id), self.drills.get(environment_id, drill_id)
        later = self.drills.since(environment_id, drill.requested_at)
        self._put_back(overview, left_of(drill, overview, later))
        self.drills.set(replace(drill, swept=True), "swept")

    def _put_back(self, overview: Overview, drill: Drill) -> None:
        """Written down only when all of it is done: a call that was cut off is repeated whole."""
        region = overview.environment.region
        if drill.muted:
            self.alarms.unmute(overview.environment.regions, drill.muted)
        if drill.left_zone:
            self._return(overview.environment, drill)
        if drill.side:
            self._delete(region, drill.side)
        self.drills.set(replace(drill, put_back_at=self.clock.now()), "put_back_at")

    def _return(self, environment: Environment, drill: Drill) -> None:
        """The zone in use again, as it was; a service that was deleted meanwhile is given nothing."""
        self.shifts.shift_back(environment.region, drill.balancer, drill.left_zone)
        for service, subnets in drill.subnets.items():
            self.shifts.place(environment.region, environment.cluster, service, tuple(subnets))

    def _delete(self, region: str, side: str) -> None:
        """NotPutBackYetError until it is gone: while it is being made, RDS deletes nothing."""
        try:
            self.rehearsals.delete(region, side)
        except ConflictError as error:
            raise NotPutBackYetError(str(error)) from error
        if self.rehearsals.describe(region, side) is not None:
            raise NotPutBackYetError(f"{side} is being deleted")

    def _free(self, environment_id: str, drill_id: str, outcome: str, reason: str, error: str) -> None:
        overview, drill = self.operations.by_id(environment_id), self.drills.get(environment_id, drill_id)
        lease = overview.operations.leases.get(drill.scope)
        rows = (lease.released(),) if lease is not None and lease.holder == drill_id else ()
        fails = outcome == "failed" and not drill.is_over
        entries: tuple[Entry, ...] = ()
        status = DrillStatus.STOPPED if drill.stop_reason or error == STOPPED else DrillStatus.FAILED
        reason = drill.stop_reason or reason
        if fails:
            ended = "was stopped, and everything was put back" if status is DrillStatus.STOPPED else "failed"
            entries = (
                self.narrator.entry(
                    overview.environment, "drill", drill.kind.value, f"drill {drill.kind} {ended}: {reason}",
                    drill.cause, {"drill": drill_id},
                ),
            )  # fmt: skip
        self.operations.record(environment_id, Change(rows, entries))
        if fails:
            failed = replace(drill, status=status, ended_at=self.clock.now(), reason=reason)
            self.drills.set(failed, "status", "ended_at", "reason")
