"""A signal comes in: what it says, what it changes, what is decided on it; all written as one, or nothing.

A copy of an event finds its own entry in the ledger and writes nothing. A call that was cut off between the
writing and the start of the workflow is completed by the next copy, or by the examination each minute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.ledger import Entry, derived_id
from stargate.domain.operating.concern import OF_ITSELF, OUR_OWN_DOING, is_our_own_doing, unconcerned
from stargate.domain.operating.conditions import Transition, Turned, after, key_of
from stargate.domain.operating.operations import Change
from stargate.domain.signals.envelope import CONTROL_PLANE
from stargate.domain.signals.signal import Ignored, Signal
from stargate.errors import AlreadyRecordedError, ConflictError

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.state import OperationsRows
    from stargate.ports.workflows import Looks
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator
    from stargate.usecases.operating.decide_condition import Considered, Deciding

LATE_SECONDS = 600.0  # so old a word may not be true any more: the examination decides, by the truth
CLOCKS_APART = 60.0
# After these the outer loop looks at once, and not only at its next turn.
MOVING_CAPACITY = frozenset({"cpu-high", "quota-high", "model-throttled", "task-stopped", "at-maximum"})
# Many conditions that open at once all want to join one incident: whoever is late again and again leaves the
# joining to the minute's examination, and is heard all the same.
TRIES, GATHERING_TRIES = 8, 5


@dataclass(frozen=True)
class Taken:
    """`outcome` is taken, unchanged, repeated or ignored; `decided` is act, hold or none, or None."""

    outcome: str
    reason: str
    environment: str | None = None
    kind: str | None = None
    subject: str | None = None
    decided: str | None = None

    def document(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "environment": self.environment,
            "kind": self.kind,
            "subject": self.subject,
            "decided": self.decided,
        }


@dataclass(frozen=True)
class TakeSignal:
    operations: OperationsRows
    deciding: Deciding
    clock: Clock
    narrator: Narrator
    looks: Looks | None = None  # None: whoever takes it looks each minute anyway

    def __call__(self, read: Signal | Ignored) -> Taken:
        if isinstance(read, Ignored):
            return self._ignored(read)
        if read.environment == CONTROL_PLANE:
            return _taken("ignored", OF_ITSELF, read)
        return self.take(read, self._is_late(read))

    def take(self, signal: Signal, late: str = "") -> Taken:
        """`late` says why nothing is to be decided on it now."""
        believed = self._not_ahead(signal)
        for turn in range(TRIES):
            try:
                return self._take(believed, late, gathers=turn < GATHERING_TRIES)
            except ConflictError:  # somebody else changed the condition meanwhile: look again
                continue
        raise ConflictError(f"{signal.kind} of {signal.subject} is changed by others all the time")

    def _not_ahead(self, signal: Signal) -> Signal:
        """A moment to come would outdate all that is told until then: clocks disagree, so it is now."""
        now = self.clock.now()
        return signal if signal.at <= now + CLOCKS_APART else replace(signal, at=now)

    def _take(self, signal: Signal, late: str, *, gathers: bool) -> Taken:
        overview = self.operations.by_name(signal.environment)
        if overview is not None and is_our_own_doing(overview, signal):
            return _taken("ignored", OUR_OWN_DOING, signal)
        refused = unconcerned(overview, signal)
        if overview is None or refused:
            return self._noted(overview, Ignored(signal.event_id, refused, signal.environment, signal.at))
        key = key_of(signal)
        known = overview.operations.conditions.get(key) if key else None
        transition = after(known, signal)
        considered = None
        if transition.condition is not None and transition.what is not Turned.UNCHANGED and not late:
            considered = self.deciding.consider(
                overview, transition.condition, signal.entry_id, gathers=gathers
            )
        return self._write(overview, signal, transition, considered, late)

    def _write(
        self,
        overview: Overview,
        signal: Signal,
        transition: Transition,
        considered: Considered | None,
        late: str,
    ) -> Taken:
        environment = overview.environment
        entry = self._entry(environment.name, signal, transition, late)
        entry = replace(entry, incident=_incident_of(overview, transition, considered))
        change = _change(overview, entry, transition, considered)
        try:
            self.operations.record(environment.environment_id, change)
        except AlreadyRecordedError:
            self._complete(overview, transition)
            return _taken("repeated", "this event was taken before", signal)
        if considered is not None and considered.action is not None:
            self.deciding.start(environment, considered.action)
        if transition.what is Turned.UNCHANGED:
            return _taken("unchanged", transition.reason, signal)
        if self.looks is not None and signal.kind in MOVING_CAPACITY:
            self.looks.order(environment.environment_id, signal.entry_id)
        return _taken("taken", transition.reason, signal, considered)

    def _complete(self, overview: Overview, transition: Transition) -> None:
        action = _not_begun(overview, transition)
        if action is not None:
            self.deciding.start(overview.environment, action)

    def _entry(self, environment: str, signal: Signal, transition: Transition, late: str) -> Entry:
        summary = f"{signal.kind} of {signal.subject}: {transition.reason}"
        detail = {
            "kind": signal.kind,
            "severity": signal.severity.value,
            "turn": signal.turn.value,
            "source": signal.source,
            "region": signal.region,
            "change": transition.what.value,
            "facts": dict(signal.facts),
            **({"late": late} if late else {}),
        }
        actor = self.narrator.actor
        return Entry(
            signal.entry_id,
            signal.at,
            environment,
            "signal",
            signal.subject,
            summary,
            signal.event_id,
            actor,
            detail,
        )

    def _is_late(self, signal: Signal) -> str:
        age = self.clock.now() - signal.at
        return f"told {age:.0f} s late: decided at the next examination" if age > LATE_SECONDS else ""

    def _ignored(self, ignored: Ignored) -> Taken:
        name = ignored.environment
        return self._noted(None if name is None else self.operations.by_name(name), ignored)

    def _noted(self, overview: Overview | None, ignored: Ignored) -> Taken:
        """In the ledger if the event speaks of an environment that we have; the log has all."""
        taken = Taken("ignored", ignored.reason, ignored.environment)
        if overview is None or not ignored.event_id:
            return taken
        at = self.clock.now() if ignored.at is None else ignored.at
        environment = overview.environment
        entry = Entry(
            derived_id(at, ignored.event_id),
            at,
            environment.name,
            "note",
            environment.name,
            f"an event was ignored: {ignored.reason}",
            ignored.event_id,
            self.narrator.actor,
        )
        try:
            self.operations.record(environment.environment_id, Change(entries=(entry,)))
        except AlreadyRecordedError:
            return Taken("repeated", ignored.reason, ignored.environment)
        return taken


def _incident_of(overview: Overview, transition: Transition, considered: Considered | None) -> str | None:
    if considered is not None:
        return considered.gathered.incident_id
    condition = transition.condition
    incident = overview.operations.incident_of(condition.key) if condition else None
    return None if incident is None else incident.incident_id


def _change(
    overview: Overview, entry: Entry, transition: Transition, considered: Considered | None
) -> Change:
    if considered is not None:
        return Change(considered.rows, (entry, *considered.entries))
    condition = transition.condition
    known = overview.operations.conditions.get(condition.key) if condition else None
    return Change((condition,) if condition and condition != known else (), (entry,))


def _not_begun(overview: Overview, transition: Transition) -> Action | None:
    """The action that answers the condition, if its workflow was perhaps never started."""
    condition = transition.condition
    action = overview.operations.in_flight(condition.key) if condition else None
    return action if action is not None and action.performed_at is None else None


def _taken(outcome: str, reason: str, signal: Signal, considered: Considered | None = None) -> Taken:
    decided = considered.decision.verdict.value if considered else None
    return Taken(outcome, reason, signal.environment, signal.kind, signal.subject, decided)
