"""One environment's turn in the minute's examination: its open conditions and its holds, by the truth.

A decision that was held is taken once its guard lifts, and a bound whose time is over is renewed while its
condition is open, and released when it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told
from stargate.domain.operating.conditions import Condition, Transition, Turned, after
from stargate.domain.operating.decisions import Verdict
from stargate.domain.operating.holds import HOLD_SECONDS, Hold
from stargate.domain.operating.operations import Change, OperationRow, Overview
from stargate.domain.operating.truths import (
    ALARMED,
    OF_SERVICES,
    alarms_of,
    told_by_actions,
    told_by_alarms,
    told_by_requests,
    told_by_service,
    told_by_time,
)
from stargate.errors import AlreadyRecordedError, ConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stargate.domain.ledger import Entry
    from stargate.domain.operating.facts import AlarmState
    from stargate.domain.signals.signal import Signal
    from stargate.ports.gateway import Alarms
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator
    from stargate.usecases.operating.decide_condition import Considered, Deciding
    from stargate.usecases.operating.end_incident import EndIncident


@dataclass
class Examination:
    """What is known grows with each change that is written."""

    overview: Overview
    operations: OperationsRows
    alarms: Alarms
    deciding: Deciding
    clock: Clock
    narrator: Narrator
    end: EndIncident
    written: int = 0

    def __call__(self) -> int:
        """How many entries were written; ConflictError if somebody else is at it in this very moment."""
        self._conditions()
        self._holds()
        self._approvals()
        self._incidents()
        return self.written

    def _conditions(self) -> None:
        opened = [one for one in self.overview.operations.conditions.values() if one.open]
        names = alarms_of(opened)
        regions = self.overview.environment.regions
        states = self.alarms.states(regions, names) if names else {}
        for condition in opened:
            self._condition(condition, list(self._truths(condition, states)))

    def _truths(self, condition: Condition, states: Mapping[str, AlarmState]) -> Iterator[Signal]:
        environment, now = self.overview.environment, self.clock.now()
        yield from told_by_time(environment, condition, now)
        actions = self.overview.operations.actions.values()
        yield from told_by_actions(environment, condition, actions, now)
        yield from told_by_requests(environment, condition, actions, now)
        if condition.kind in ALARMED:
            yield from told_by_alarms(environment, condition, states, now)
        if condition.kind in OF_SERVICES:
            asked = frozenset({"service"})
            facts = self.deciding.instruments.gather(self.overview, condition.subject, asked)
            yield from told_by_service(environment, condition, facts.service, now)

    def _condition(self, condition: Condition, truths: Sequence[Signal]) -> None:
        entries: list[Entry] = []
        for signal in truths:
            transition = after(condition, signal)
            if transition.what is not Turned.UNCHANGED and transition.condition is not None:
                entry = self._corrected(condition, signal, transition)
                condition = replace(transition.condition, cause=entry.entry_id)
                entries.append(entry)
            elif transition.condition is not None:
                condition = transition.condition
        if self.overview.operations.in_flight(condition.key) is not None:
            gathered = self.deciding.gather(self.overview, condition, condition.cause)
            self._write((condition, *gathered.changed), (*entries, *gathered.told))
            return
        self._decide(condition, tuple(entries))

    def _corrected(self, condition: Condition, signal: Signal, transition: Transition) -> Entry:
        """The truth, told in the place of the event that did not come."""
        detail: dict[str, Any] = {
            "kind": signal.kind,
            "severity": signal.severity.value,
            "turn": signal.turn.value,
            "source": signal.source,
            "change": transition.what.value,
            "facts": dict(signal.facts),
        }
        summary = f"{signal.kind} of {signal.subject}: {transition.reason}"
        return self.narrator.entry(
            self.overview.environment,
            "signal",
            signal.subject,
            summary,
            condition.cause,
            detail,
            self.overview.operations.incident_of(condition.key),
        )

    def _decide(self, condition: Condition, entries: tuple[Entry, ...]) -> None:
        considered = self._considered(condition)
        self._write(considered.rows, (*entries, *considered.entries))
        self._start(considered)

    def _considered(self, condition: Condition) -> Considered:
        return self.deciding.consider(self.overview, condition, condition.cause, thorough=True)

    def _start(self, considered: Considered) -> None:
        if considered.action is not None:
            self.deciding.start(self.overview.environment, considered.action)

    def _holds(self) -> None:
        for hold in self.overview.operations.holds.values():
            condition = self.overview.operations.conditions.get(hold.condition)
            if not hold.live or condition is None:
                continue
            if condition.open and not hold.spent:
                self._renew(hold, condition)
            elif self.overview.operations.in_flight(condition.key) is None:
                self._release(hold, condition)

    def _approvals(self) -> None:
        """Those that a decision ends are ended by it; time, or an event that came late, ends the others."""
        for approval in self.overview.operations.approvals.values():
            waited_for = self.overview.operations.is_looked_after(approval.condition)
            for ended, entry in self.deciding.ask.end(self.overview, approval, waited_for=waited_for):
                self._write((ended,), (entry,))

    def _incidents(self) -> None:
        for incident, entry in self.end(self.overview):
            self._write((incident,), (entry,))

    def _renew(self, hold: Hold, condition: Condition) -> None:
        now = self.clock.now()
        if now < hold.until:
            return
        renewed = replace(hold, until=now + HOLD_SECONDS)
        kept = f"{hold.kind} of {hold.subject} is kept until {told(renewed.until)}"
        entry = self.narrator.entry(
            self.overview.environment,
            "decision",
            condition.subject,
            f"{kept}: {condition.kind} is still open",
            condition.cause,
            {"condition": condition.key},
            self.overview.operations.incident_of(condition.key),
        )
        self._write((renewed,), (entry,))

    def _release(self, hold: Hold, condition: Condition) -> None:
        """A decision to release it, held until its time is over; or the end of the hold, as it was found."""
        considered = self._considered(condition)
        rows: tuple[OperationRow, ...] = considered.rows
        if considered.decision.verdict is Verdict.NONE:
            rows = (*rows, replace(hold, live=False))
        self._write(rows, considered.entries)
        self._start(considered)

    def _write(self, rows: tuple[OperationRow, ...], entries: tuple[Entry, ...]) -> None:
        """Only what differs from what is known."""
        known = self.overview.operations
        change = Change(tuple(row for row in rows if not known.knows(row)), entries)
        if not change.rows and not change.entries:
            return
        try:
            self.operations.record(self.overview.environment.environment_id, change)
        except AlreadyRecordedError as error:
            raise ConflictError(str(error)) from error
        self.overview = replace(self.overview, operations=self.overview.operations.after(change))
        self.written += len(entries)
