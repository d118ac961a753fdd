"""Announce a drill and mute what it will set off: preconditions once more, then lease, ledger, alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.drills.drill import Drill, DrillStatus
from stargate.domain.drills.kinds import TRIALS
from stargate.domain.drills.preconditions import bounds_at_rest, preconditions, waits
from stargate.domain.faults import Fault
from stargate.domain.operating.leases import taken
from stargate.domain.operating.notices import Notice, note
from stargate.domain.operating.operations import Change
from stargate.errors import DrillRefusedError, DrillStoppedError, DrillWaitsError
from stargate.usecases.drills.request_drill import RequestDrill, refuse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stargate.domain.drills.preconditions import Asked
    from stargate.domain.environment import Check, Environment
    from stargate.domain.operating.leases import Lease
    from stargate.domain.operating.operations import Overview
    from stargate.ports.drills import AlarmActions
    from stargate.ports.people import Pager
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class BeginDrill:
    operations: OperationsRows
    drills: Drills
    asking: RequestDrill
    alarms: AlarmActions
    people: Pager
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, drill_id: str) -> Drill:
        """Called again it finds its own lease, and mutes what a call that was cut off did not.

        DrillRefusedError with each precondition that fails, DrillStoppedError if it was stopped before it
        began, DrillWaitsError while something is under way that is soon over.
        """
        drill = self.drills.get(environment_id, drill_id)
        if drill.is_over:
            return drill
        overview = self.operations.by_id(environment_id)
        if drill.status is DrillStatus.REQUESTED:
            drill = self._begun(overview, drill)
        self._mute(overview.environment, drill)
        return drill

    def _begun(self, overview: Overview, drill: Drill) -> Drill:
        """With its lease, after which nothing new is done; what was on its way is waited for."""
        if drill.stop_reason:
            raise DrillStoppedError(drill.stop_reason)
        held = overview.operations.leases.get(drill.scope)
        if held is None or held.holder != drill.drill_id:
            drill = self._with_lease(overview, drill, held)
            overview = self.operations.by_id(drill.environment_id)
        now = self.clock.now()
        _wait_for((bounds_at_rest(overview.operations, now),))
        running = replace(drill, status=DrillStatus.RUNNING, begun_at=now)
        self.people.tell(_announcement(running))
        self.drills.set(running, "status", "begun_at")
        return running

    def _with_lease(self, overview: Overview, drill: Drill, held: Lease | None) -> Drill:
        now, asked = self.clock.now(), self.asking.asked(overview, drill.kind, drill.zone)
        checks = preconditions(asked, now)
        refuse(checks)
        _wait_for(checks)
        lease = taken(held, drill.scope, drill.drill_id, now)
        if lease is None:
            raise DrillRefusedError([Fault(drill.scope, "one is running", "none running")])
        described = _described(drill, asked, checks)
        self.drills.set(described, "engine", "gateway_version", "preconditions")
        entry = self.narrator.entry(
            overview.environment, "drill", drill.kind.value, _announced(drill),
            drill.cause, {"drill": drill.drill_id, "proves": TRIALS[drill.kind].promise},
        )  # fmt: skip
        muted = replace(lease, expires_at=now + drill.lease_seconds)
        self.operations.record(overview.environment.environment_id, Change((muted,), (entry,)))
        return described

    def _mute(self, environment: Environment, drill: Drill) -> None:
        """What is muted is written down first: whoever cleans up must know of it, whatever happens here."""
        may_ring = TRIALS[drill.kind].alarms
        if not may_ring or drill.injected_at is not None:
            return
        prefix = f"{environment.cluster}-"
        sounding = self.alarms.sounding(environment.regions, prefix)
        loud = [name for name in sounding if name.removeprefix(prefix) in may_ring]
        if loud:
            self.drills.set(replace(drill, muted=tuple(sorted({*drill.muted, *loud}))), "muted")
            self.alarms.mute(environment.regions, loud)


def _wait_for(checks: Iterable[Check]) -> None:
    if found := waits(checks):
        raise DrillWaitsError(", ".join(f"{check.name} {check.measured}" for check in found))


def _announcement(drill: Drill) -> Notice:
    """To whoever is on call, so that nobody takes for real what is about to happen."""
    trial = TRIALS[drill.kind]
    name, actor = drill.environment, drill.actor
    lines = (
        _announced(drill),
        f"what: {trial.failure}",
        f"proves: {trial.promise}",
        f"asked for by: {actor}, {drill.trigger}",
        f"to stop it: stargate drill stop {name} {drill.drill_id}",
    )
    return note(name, drill.drill_id, f"Drill of {name}: {drill.kind} begins", "\n".join(lines), "begins")


def _described(drill: Drill, asked: Asked, checks: tuple[Check, ...]) -> Drill:
    database = asked.standing.database
    return replace(
        drill,
        engine="" if database is None else database.engine,
        gateway_version=asked.overview.environment.gateway_version,
        preconditions=tuple(check.document() for check in checks),
    )


def _announced(drill: Drill) -> str:
    if TRIALS[drill.kind].runs_beside:
        return f"drill {drill.kind} begins, beside the gateway"
    return f"drill {drill.kind} begins; the loop is muted for {drill.lease_seconds / 60:.0f} min at most"
