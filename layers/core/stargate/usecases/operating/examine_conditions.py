"""Each minute: look at the truth of all that is open, and decide again.

Events tell of changes only, and may be lost. So every open condition is read anew, an action whose workflow
died is settled, what was open of an environment that goes is put away, and an alarm that rings without
anybody having told is taken up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.operating.action import Action, ActionStatus, execution_name
from stargate.domain.operating.operations import Change, OperationRow, Overview
from stargate.domain.operating.truths import ringing_unheard
from stargate.domain.people.approvals import ApprovalStatus
from stargate.domain.signals.envelope import environment_in
from stargate.errors import ConflictError
from stargate.usecases.operating.end_incident import EndIncident
from stargate.usecases.operating.examine_environment import Examination

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stargate.domain.operating.facts import AlarmState
    from stargate.domain.signals.signal import Signal
    from stargate.ports.gateway import Alarms
    from stargate.ports.state import Ledger, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator
    from stargate.usecases.operating.decide_condition import Deciding
    from stargate.usecases.operating.settle_action import SettleAction
    from stargate.usecases.operating.take_signal import TakeSignal
    from stargate.usecases.operating.tell_ends import TellEnds
    from stargate.usecases.people.tell_approvers import TellApprovers

PATIENCE_SECONDS = 60.0  # so long a workflow may take to begin before anybody asks after it
UNHEARD_SECONDS = 120.0  # so long an event may be under way before its alarm counts as untold
PREFIX = "stargate-"


@dataclass(frozen=True)
class Examined:
    """Environments that were looked at, and entries that were written."""

    environments: int
    entries: int

    def document(self) -> dict[str, int]:
        return {"environments": self.environments, "entries": self.entries}


@dataclass(frozen=True)
class ExamineConditions:
    operations: OperationsRows
    alarms: Alarms
    take: TakeSignal
    deciding: Deciding
    settle: SettleAction
    clock: Clock
    narrator: Narrator
    ledger: Ledger
    regions: Sequence[str]
    tell: TellApprovers | None = None  # None: nobody can be told
    tell_ends: TellEnds | None = None  # the same

    def __call__(self) -> Examined:
        """Every environment has its turn; what went wrong with one is raised when all have had theirs."""
        failures: list[Exception] = []
        identifiers = self.operations.open_environments()
        written = sum(self._guarded(failures, self._examine, one) for one in identifiers)
        written += sum(self._guarded(failures, self._take_unheard, region) for region in self.regions)
        if failures:
            raise ExceptionGroup("not everything could be examined", failures)
        return Examined(len(identifiers), written)

    def one(self, environment_id: str) -> Examined:
        """Out of turn; somebody else may be at it in this very moment, and the next minute looks again."""
        failures: list[Exception] = []
        written = self._guarded(failures, self._examine, environment_id)
        if failures:
            raise failures[0]
        return Examined(1, written)

    @property
    def _end(self) -> EndIncident:
        return EndIncident(self.ledger, self.clock, self.narrator)

    def _guarded(self, failures: list[Exception], work: Callable[[str], int], what: str) -> int:
        try:
            return work(what)
        except ConflictError:  # somebody else is at it in this very moment; the next minute looks again
            return 0
        except Exception as failure:  # noqa: BLE001  (raised at the end)
            failures.append(failure)
            return 0

    def _examine(self, environment_id: str) -> int:
        overview = self.operations.by_id(environment_id)
        settled = sum(self._look_after(overview, action) for action in _in_flight(overview))
        if settled:
            overview = self.operations.by_id(environment_id)
        if overview.environment.is_going or overview.environment.is_at_rest:
            return settled + self._put_away(overview)
        examination = Examination(
            overview, self.operations, self.alarms, self.deciding, self.clock, self.narrator, self._end
        )
        written = examination()
        if self.tell is not None:
            self.tell(examination.overview)
        if self.tell_ends is not None:
            self.tell_ends(overview, examination.overview)
        return settled + written

    # Actions whose workflow is not what it should be.

    def _look_after(self, overview: Overview, action: Action) -> int:
        if self.clock.now() - (action.performed_at or action.requested_at) < PATIENCE_SECONDS:
            return 0
        environment = overview.environment
        status = self.deciding.remedies.status(execution_name(environment, action.action_id))
        if status == "RUNNING":
            return 0
        if status is None and action.status is ActionStatus.REQUESTED:
            self.deciding.start(environment, action)
            return 0
        reason = "its workflow is gone" if status is None else f"its workflow ended {status} without a word"
        self.settle(environment.environment_id, action.action_id, "failed", reason)
        return 1

    # An environment that is being removed, or sleeps.

    def _put_away(self, overview: Overview) -> int:
        """Its conditions are nobody's any more, and its bounds go with it."""
        now, known = self.clock.now(), overview.operations
        conditions = [one for one in known.conditions.values() if one.open]
        holds = [one for one in known.holds.values() if one.live]
        asked = [one for one in known.approvals.values() if one.status is ApprovalStatus.PENDING]
        incidents = known.open_incidents()
        if not conditions and not holds and not asked and not incidents:
            return 0
        environment = overview.environment
        entry = self.narrator.entry(
            environment,
            "note",
            environment.name,
            f"{environment.name} is {environment.status}: what was open is put away",
            environment.cause,
            {"conditions": [one.key for one in conditions], "holds": [one.scope for one in holds]},
        )
        ends = [told for one in asked for told in self.deciding.ask.end(overview, one, waited_for=False)]
        over = list(self._end(overview, put_away=True))
        rows: list[OperationRow] = [
            *(replace(one, open=False, closed_at=now, cause=entry.entry_id) for one in conditions),
            *(replace(one, live=False) for one in holds),
            *(approval for approval, _ in ends),
            *(incident for incident, _ in over),
        ]
        entries = (entry, *(told for _, told in (*ends, *over)))
        change = Change(tuple(rows), entries)
        self.operations.record(environment.environment_id, change)
        if self.tell_ends is not None:
            self.tell_ends(overview, replace(overview, operations=known.after(change)))
        return 1

    # Alarms of which nobody told.

    def _take_unheard(self, region: str) -> int:
        ringing = self.alarms.ringing(region, PREFIX)
        names = {environment_in(name) for name in ringing}
        return sum(self._take_of(name, region, ringing) for name in sorted(one for one in names if one))

    def _take_of(self, environment: str, region: str, ringing: Mapping[str, AlarmState]) -> int:
        overview = self.operations.by_name(environment)
        if overview is None or region not in overview.environment.regions:
            return 0
        if overview.environment.is_going or overview.environment.is_at_rest:
            return 0
        outcomes = [self.take.take(signal).outcome for signal in self._unheard(overview, region, ringing)]
        return outcomes.count("taken")

    def _unheard(
        self, overview: Overview, region: str, ringing: Mapping[str, AlarmState]
    ) -> Iterator[Signal]:
        for name, state in sorted(ringing.items()):
            if environment_in(name) != overview.environment.name:
                continue
            if self.clock.now() - state.at <= UNHEARD_SECONDS:
                continue
            signal = ringing_unheard(overview.operations.conditions, name, state, region)
            if signal is not None:
                yield signal


def _in_flight(overview: Overview) -> list[Action]:
    return [action for action in overview.operations.actions.values() if action.in_flight]
