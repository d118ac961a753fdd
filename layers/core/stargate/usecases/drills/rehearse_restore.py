"""Restore the database beside itself and read it, a step further with each call; who asks waits between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import DrillStatus
from stargate.domain.drills.restoring import AVAILABLE, LOST, SUFFIX, Rehearsal, result_of
from stargate.domain.drills.stops import why_stop
from stargate.domain.gateway.tags import DRILL_TAG, owner_tags
from stargate.domain.moments import told
from stargate.domain.operating.operations import Change
from stargate.errors import DrillInterruptedError, DrillStoppedError, NotRestoredYetError

if TYPE_CHECKING:
    from stargate.domain.drills.drill import Drill
    from stargate.domain.environment import Environment
    from stargate.domain.operating.operations import Overview
    from stargate.ports.drills import Rehearsals
    from stargate.ports.gateway import Observer
    from stargate.ports.state import Drills, Nodes, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.drills.survey_gateway import SurveyGateway
    from stargate.usecases.narrate import Narrator

MARKS = "langfuse_ingestion"  # the observer's verb that writes one trace anew and reads it back


@dataclass(frozen=True)
class RehearseRestore:
    operations: OperationsRows
    drills: Drills
    nodes: Nodes
    survey: SurveyGateway
    observer: Observer
    rehearsals: Rehearsals
    clock: Clock
    narrator: Narrator
    assumptions: tuple[str, ...] = ()

    def mark(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        """Write a record; NotRestoredYetError until backups reach beyond it."""
        drill, overview = self._open(environment_id, drill_id)
        environment, known = overview.environment, Rehearsal.from_document(drill.restore)
        if known.marked_at is None:
            marked_at = self.clock.now()
            found = self.observer.ask(environment.region, environment.name, MARKS)
            if not found.ok:
                raise DrillInterruptedError(f"no record could be marked: {found.reason}")
            known = self._keep(drill, replace(known, marked_at=marked_at))
        database = self.survey.databases.describe(environment.region, environment.database)
        until = None if database is None else database.restorable_until
        if until is None or known.marked_at is None or until < known.marked_at:
            reached = "nowhere" if until is None else f"to {told(until)}"
            raise NotRestoredYetError(f"backups reach {reached}")
        self._keep(drill, replace(known, restorable_until=until))
        return {"marked_at": told(known.marked_at)}

    def restore(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        """To an instance beside, whose name is written down first; NotRestoredYetError meanwhile."""
        drill, overview = self._open(environment_id, drill_id)
        environment, known = overview.environment, Rehearsal.from_document(drill.restore)
        side = drill.side or f"{environment.database}{SUFFIX}"
        if known.asked_at is None:
            self.drills.set(replace(drill, side=side), "side")
            self.rehearsals.restore(environment.region, environment.database, side, _tags(environment, drill))
            known = self._keep(drill, replace(known, asked_at=self.clock.now()))
            self._tell(environment, drill, f"{environment.database} is restored to {side}")
        found = self.rehearsals.describe(environment.region, side)
        if found is not None and found.status in LOST:
            raise DrillInterruptedError(f"RDS could not restore it: {side} is {found.status}")
        if found is None or found.status != AVAILABLE:
            raise NotRestoredYetError(f"{side} is {'not there' if found is None else found.status}")
        if known.available_at is None:
            known = self._keep(drill, replace(known, available_at=self.clock.now()))
        return {"restored_in_seconds": known.seconds}

    def check(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        """What is in it, by a one-off task; NotRestoredYetError while it reads."""
        drill, overview = self._open(environment_id, drill_id)
        environment, known = overview.environment, Rehearsal.from_document(drill.restore)
        if not known.task:
            known = self._keep(drill, replace(known, task=self._read(environment, drill, known)))
        seen = self.rehearsals.checked(environment.region, environment.cluster, known.task)
        if seen is None or not seen.stopped:
            raise NotRestoredYetError("the restored database is being read")
        if any(code != 0 for code in seen.exit_codes):
            words = f"what was restored is not whole: the task that reads it ended {list(seen.exit_codes)}"
            self._keep(drill, replace(known, refused=f"{words} {seen.reason}".strip()))
        else:
            self._keep(drill, replace(known, checked_at=self.clock.now()))
        return {"exit_codes": list(seen.exit_codes)}

    def judge(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        """The verdict, once it is deleted again."""
        drill = self.drills.get(environment_id, drill_id)
        if drill.is_over:
            return {"verdict": drill.result.get("verdict", "")}
        result = result_of(Rehearsal.from_document(drill.restore))
        simulated = f" (simulated: {'; '.join(self.assumptions)})" if self.assumptions else ""
        words = f"{result['verdict']}{simulated}: {result['reason']}"
        self._tell(self.operations.by_id(environment_id).environment, drill, words, verdict=result["verdict"])
        scored = replace(
            drill, status=DrillStatus.SCORED, ended_at=self.clock.now(), reason=result["reason"],
            assumptions=self.assumptions, result=result,
        )  # fmt: skip
        self.drills.set(scored, "status", "ended_at", "reason", "assumptions", "result")
        return {"verdict": result["verdict"]}

    def _open(self, environment_id: str, drill_id: str) -> tuple[Drill, Overview]:
        drill, overview = self.drills.get(environment_id, drill_id), self.operations.by_id(environment_id)
        reason = why_stop(drill, overview, self.survey.budget(overview), self.clock.now())
        if reason:
            raise DrillStoppedError(reason)
        return drill, overview

    def _read(self, environment: Environment, drill: Drill, known: Rehearsal) -> str:
        found = self.rehearsals.describe(environment.region, drill.side)
        if found is None or known.marked_at is None:
            raise DrillInterruptedError(f"{drill.side} is gone")
        network = self.nodes.all(environment.environment_id)["network"].outputs
        return self.rehearsals.check(
            environment.region,
            environment.cluster,
            network,
            found.address,
            told(known.marked_at),
            drill.drill_id,
        )

    def _keep(self, drill: Drill, rehearsal: Rehearsal) -> Rehearsal:
        self.drills.set(replace(drill, restore=rehearsal.document()), "restore")
        return rehearsal

    def _tell(self, environment: Environment, drill: Drill, words: str, **detail: str) -> None:
        told_of = {"drill": drill.drill_id, **detail}
        entry = self.narrator.entry(
            environment, "drill", drill.kind.value, f"drill {drill.kind}: {words}", drill.cause, told_of
        )
        self.operations.record(environment.environment_id, Change((), (entry,)))


def _tags(environment: Environment, drill: Drill) -> dict[str, str]:
    return {**owner_tags(environment.name, environment.environment_id), DRILL_TAG: drill.drill_id}
