"""Perform one action: guards and precondition once more, then the lease and the record, and only then AWS.

The lease's fencing number is taken in the transaction that records the performance. A call that comes again
after it was cut off finds its record, makes sure that it still holds the lease, and does what is not done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.action import Action, ActionStatus
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.decisions import Decision, Verdict, as_decided
from stargate.domain.operating.holds import begun
from stargate.domain.operating.leases import taken
from stargate.domain.operating.operations import Change, OperationRow, Overview
from stargate.domain.operating.preconditions import unmet
from stargate.domain.operating.proposals import Held, Nothing
from stargate.errors import ActionNotFoundError, ActionRefusedError, ConflictError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.ledger import Entry
    from stargate.domain.operating.actions.kind import ActionKind
    from stargate.domain.operating.facts import Facts
    from stargate.domain.operating.holds import Hold
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator
    from stargate.usecases.operating.gather_facts import Instruments
    from stargate.usecases.operating.performers.performer import Performer

WAIT_SECONDS = 30  # between two looks at its effect
TRIES = 5


@dataclass(frozen=True)
class PerformAction:
    """`performers` has one for each kind of action that there is."""

    operations: OperationsRows
    instruments: Instruments
    performers: Mapping[str, Performer]
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, action_id: str) -> dict[str, Any]:
        """`performed` false: it was withdrawn or refused, or is over, and nothing is to be verified."""
        for _ in range(TRIES):
            try:
                return self._perform(environment_id, action_id)
            except ConflictError:  # a signal changed something meanwhile: look at it all again
                continue
        raise ConflictError(f"what action {action_id} works on is changed by others all the time")

    def _perform(self, environment_id: str, action_id: str) -> dict[str, Any]:
        overview = self.operations.by_id(environment_id)
        action = found(overview, action_id)
        if not action.in_flight:
            return _answer(f"it is {action.status} already", performed=False)
        facts = self.instruments.gather(overview, action.subject, ACTIONS[action.kind].asks_again)
        if action.status is ActionStatus.PERFORMING:
            return self._again(overview, action, facts)
        refused = unmet(overview.playbook.rules, overview, action, facts, self.clock.now())
        if refused is not None:
            return self._withdraw(overview, action, refused)
        return self._begin(overview, action, facts)

    def _begin(self, overview: Overview, action: Action, facts: Facts) -> dict[str, Any]:
        now = self.clock.now()
        lease = taken(overview.operations.leases.get(action.scope), action.scope, action.action_id, now)
        if lease is None:
            return self._withdraw(overview, action, Held("lease", f"{action.scope} is held by another"))
        kind = ACTIONS[action.kind]
        entry = self._entry(overview, action, "action", kind.deed(action), facts)
        performing = replace(
            action,
            status=ActionStatus.PERFORMING,
            performed_at=now,
            fence=lease.fence,
            entry_id=entry.entry_id,
        )
        rows: tuple[OperationRow, ...] = (performing, lease, *_held(overview, kind, performing, facts))
        change = Change(rows, (entry,))
        self.operations.record(overview.environment.environment_id, change)
        known = replace(overview, operations=overview.operations.after(change))
        return self._try(known, known.operations.actions[action.action_id])

    def _again(self, overview: Overview, action: Action, facts: Facts) -> dict[str, Any]:
        lease = overview.operations.leases.get(action.scope)
        if lease is None or not lease.held_by(action.action_id, action.fence):
            return self._withdraw(overview, action, Nothing("its lease has gone to another meanwhile"))
        if ACTIONS[action.kind].is_done(action, facts):
            return _answer(ACTIONS[action.kind].deed(action), performed=True)
        refused = unmet(overview.playbook.rules, overview, action, facts, self.clock.now())
        if refused is not None:
            return self._withdraw(overview, action, refused)
        return self._try(overview, action)

    def _try(self, overview: Overview, action: Action) -> dict[str, Any]:
        try:
            self.performers[action.kind](overview, action)
        except ActionRefusedError as refused:
            return self._refused(overview, action, str(refused))
        return _answer(ACTIONS[action.kind].deed(action), performed=True)

    def _refused(self, overview: Overview, action: Action, reason: str) -> dict[str, Any]:
        """AWS will not have it: settled at once, and what was noted of its effect taken back."""
        words = f"{action.kind} of {action.subject} failed: {reason}"
        entry = self._entry(overview, action, "action", words, None)
        failed = replace(action, status=ActionStatus.FAILED, settled_at=self.clock.now(), outcome=reason)
        hold = overview.operations.holds.get(action.scope)
        ours = hold is not None and hold.live and hold.action_id == action.action_id
        holds = (hold.without_the_last(),) if hold is not None and ours else ()
        rows = (failed, *overview.operations.freed(action), *holds)
        self.operations.record(overview.environment.environment_id, Change(rows, (entry,)))
        return _answer(words, performed=False)

    def _withdraw(self, overview: Overview, action: Action, refused: Held | Nothing) -> dict[str, Any]:
        now = self.clock.now()
        guard = refused.guard if isinstance(refused, Held) else None
        words = f"{action.kind} of {action.subject} "
        words += f"held by {guard}: {refused.reason}" if guard else f"is not needed: {refused.reason}"
        entry = self._entry(overview, action, "decision", words, None)
        withdrawn = replace(action, status=ActionStatus.WITHDRAWN, settled_at=now, outcome=refused.reason)
        rows = (withdrawn, *overview.operations.freed(action), *_decided(overview, action, refused, entry))
        self.operations.record(overview.environment.environment_id, Change(rows, (entry,)))
        return _answer(words, performed=False)

    def _entry(
        self, overview: Overview, action: Action, kind: str, summary: str, facts: Facts | None
    ) -> Entry:
        detail: dict[str, Any] = {"action": action.kind, "target": dict(action.target)}
        was = ACTIONS[action.kind].was(action, facts) if facts is not None else {}
        if was:
            detail["was"] = dict(was)
        cause = action.entry_id or action.action_id
        incident = overview.operations.incident_of(action.condition)
        return self.narrator.entry(
            overview.environment, kind, action.subject, summary, cause, detail, incident
        )


def found(overview: Overview, action_id: str) -> Action:
    action = overview.operations.actions.get(action_id)
    if action is None:
        raise ActionNotFoundError(f"{overview.environment.name} has no action {action_id}")
    return action


def _answer(reason: str, *, performed: bool) -> dict[str, Any]:
    return {"performed": performed, "reason": reason, "wait_seconds": WAIT_SECONDS}


def _held(overview: Overview, kind: ActionKind, action: Action, facts: Facts) -> tuple[Hold, ...]:
    """What it changes is kept in mind, if it is to be taken back some time."""
    if kind.taken_back_by is None:
        return ()
    return (begun(overview.operations.holds.get(action.scope), action, kind.was(action, facts)),)


def _decided(
    overview: Overview, action: Action, refused: Held | Nothing, entry: Entry
) -> tuple[OperationRow, ...]:
    """The condition's decision is now what was found, so that the next examination does not repeat it."""
    condition = overview.operations.conditions.get(action.condition)
    if condition is None:
        return ()
    found = Decision(Verdict.NONE, refused.reason, action.rule, action.kind, action.rung)
    decision = (
        replace(found, verdict=Verdict.HOLD, guard=refused.guard, lifts_at=refused.lifts_at)
        if isinstance(refused, Held)
        else found
    )
    return (replace(condition, decided=as_decided(decision, entry.at, entry.entry_id)),)
