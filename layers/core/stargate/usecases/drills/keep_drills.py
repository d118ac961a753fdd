"""Every few minutes: clean up after drills that died, and ask for those that are due.

A workflow's end is told by an event, and events may be lost; what a drill took is given back all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.drills.drill import BESIDE_SECONDS, DrillStatus
from stargate.domain.drills.policy import DAY, Last, due
from stargate.domain.environment import Status
from stargate.domain.ledger import Entry, derived_id
from stargate.domain.operating.operations import Change
from stargate.errors import AlreadyRecordedError, ConflictError, DrillRefusedError, NotPutBackYetError
from stargate.usecases.each_environment import every, in_turn

if TYPE_CHECKING:
    from stargate.domain.drills.drill import Drill
    from stargate.domain.drills.kinds import Kind
    from stargate.domain.drills.policy import Due, Policy
    from stargate.domain.environment import Environment
    from stargate.ports.state import Drills, Environments, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.drills.request_drill import RequestDrill
    from stargate.usecases.drills.settle_drill import SettleDrill
    from stargate.usecases.narrate import Narrator

BEGINS_WITHIN = 300.0  # a workflow that was never started by then never will be
SWEPT_AFTER = 120.0  # a function that was at work when its workflow was stopped has ended by then
LOOKS_BACK = BESIDE_SECONDS + DAY


@dataclass(frozen=True)
class KeepDrills:
    environments: Environments
    operations: OperationsRows
    drills: Drills
    request: RequestDrill
    settle: SettleDrill
    clock: Clock
    narrator: Narrator

    def __call__(self) -> dict[str, str]:
        """Environment to what was done, of those where something was; failures are raised at the end."""
        living = (one for one in every(self.environments) if one.status is not Status.RETIRED)
        complaint = "not every environment's drills could be looked after"
        return in_turn(living, self._look_after, complaint, (ConflictError, NotPutBackYetError))

    def _look_after(self, environment: Environment) -> str:
        return "; ".join(part for part in (self._sweep(environment), self._drill(environment)) if part)

    # What was left behind.

    def _sweep(self, environment: Environment) -> str:
        since = self.clock.now() - LOOKS_BACK
        recent = self.drills.since(environment.environment_id, since)
        return "; ".join(told for one in recent if (told := self._swept(one)))

    def _swept(self, drill: Drill) -> str:
        now = self.clock.now()
        if drill.is_over:
            if drill.swept or now - (drill.ended_at or now) < SWEPT_AFTER:
                return ""
            self.settle.put_back_again(drill.environment_id, drill.drill_id)
            return ""
        status = self.request.workflow.status(drill.kind, drill.execution_name)
        if status == "RUNNING" or (status is None and now - drill.requested_at < BEGINS_WITHIN):
            return ""
        reason = (
            "its workflow never began" if status is None else f"its workflow ended {status} without a word"
        )
        self.settle(drill.environment_id, drill.drill_id, "failed", reason)
        return f"{drill.drill_id} settled"

    # What is due.

    def _drill(self, environment: Environment) -> str:
        policy, now = environment.drills, self.clock.now()
        if policy is None or environment.status is not Status.READY or not policy.is_open(now):
            return ""
        found = self._due(environment, policy, now)
        if found is None:
            return ""
        try:
            self.request(environment.name, {"kind": found.kind.value}, found.reason)
        except DrillRefusedError as refused:
            self._note_refused(environment, found, str(refused), now)
            return ""
        return f"{found.kind} requested"

    def _due(self, environment: Environment, policy: Policy, now: float) -> Due | None:
        drills = self.drills.all(environment.environment_id)
        scored = [one for one in drills if one.status is DrillStatus.SCORED]
        tried = {one.kind: max(o.requested_at for o in drills if o.kind is one.kind) for one in drills}
        database = self.request.survey.databases.describe(environment.region, environment.database)
        return due(policy, _last(scored), tried, "" if database is None else database.engine, now)

    def _note_refused(self, environment: Environment, found: Due, reason: str, now: float) -> None:
        """Once a day: within its window it is asked for again and again."""
        today = now - now % DAY
        origin = f"drill refused {environment.environment_id} {found.kind} {today:.0f}"
        words = f"drill {found.kind} is {found.reason}, and refused: {reason}"
        name, kind, actor = environment.name, found.kind.value, self.narrator.actor
        entry = Entry(derived_id(today, origin), now, name, "note", kind, words, environment.cause, actor)
        try:
            self.operations.record(environment.environment_id, Change((), (entry,)))
        except AlreadyRecordedError:
            return


def _last(scored: list[Drill]) -> dict[Kind, Last]:
    newest: dict[Kind, Last] = {}
    for one in sorted(scored, key=lambda drill: drill.requested_at):
        newest[one.kind] = Last(one.injected_at or one.requested_at, one.engine)
    return newest
