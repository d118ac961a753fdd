"""Perform one action: guards and precondition once more, then the lease and the record, and only then AWS.

The lease's fencing number is taken in the transaction that records the performance. A call that comes again
after it was cut off finds its record, makes sure that it still holds the lease, and does what is not done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.actions import Action, ActionKind, ActionStatus
from stargate.domain.operating.decisions import Decision, Verdict, as_decided
from stargate.domain.operating.guards import Held
from stargate.domain.operating.holds import HOLD_SECONDS, Hold
from stargate.domain.operating.leases import taken
from stargate.domain.operating.operations import Change, OperationRow, Overview
from stargate.domain.operating.playbook import DEFAULT, Playbook
from stargate.domain.operating.preconditions import ASKS, done_already, unmet
from stargate.domain.operating.proposals import Nothing
from stargate.errors import ActionNotFoundError, ActionRefusedError, ConflictError

if TYPE_CHECKING:
    from stargate.domain.ledger import Entry
    from stargate.domain.operating.facts import Facts
    from stargate.ports.gateway import Scaling, Services
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator
    from stargate.usecases.operating.gather_facts import Instruments

WAIT_SECONDS = 30  # between two looks at its effect
TRIES = 5


@dataclass(frozen=True)
class PerformAction:
    operations: OperationsRows
    instruments: Instruments
    scaling: Scaling
    services: Services
    clock: Clock
    narrator: Narrator
    playbook: Playbook = DEFAULT

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
        facts = self.instruments.gather(overview, action.subject, ASKS[action.kind])
        if action.status is ActionStatus.PERFORMING:
            return self._again(overview, action, facts)
        refused = unmet(self.playbook, overview, action, facts, self.clock.now())
        if refused is not None:
            return self._withdraw(overview, action, refused)
        return self._begin(overview, action, facts)

    def _begin(self, overview: Overview, action: Action, facts: Facts) -> dict[str, Any]:
        now = self.clock.now()
        lease = taken(overview.operations.leases.get(action.scope), action.scope, action.action_id, now)
        if lease is None:
            return self._withdraw(overview, action, Held("lease", f"{action.scope} is held by another"))
        entry = self._entry(overview, action, "action", _deed(action), facts)
        begun = replace(
            action,
            status=ActionStatus.PERFORMING,
            performed_at=now,
            fence=lease.fence,
            entry_id=entry.entry_id,
        )
        rows: tuple[OperationRow, ...] = (begun, lease, *_holds(overview, begun, facts, now))
        change = Change(rows, (entry,))
        self.operations.record(overview.environment.environment_id, change)
        known = replace(overview, operations=overview.operations.after(change))
        return self._try(known, known.operations.actions[action.action_id])

    def _again(self, overview: Overview, action: Action, facts: Facts) -> dict[str, Any]:
        lease = overview.operations.leases.get(action.scope)
        if lease is None or not lease.held_by(action.action_id, action.fence):
            return self._withdraw(overview, action, Nothing("its lease has gone to another meanwhile"))
        if done_already(action, facts):
            return _answer(_deed(action), performed=True)
        refused = unmet(self.playbook, overview, action, facts, self.clock.now())
        if refused is not None:
            return self._withdraw(overview, action, refused)
        return self._try(overview, action)

    def _try(self, overview: Overview, action: Action) -> dict[str, Any]:
        try:
            self._act(overview, action)
        except ActionRefusedError as refused:
            return self._refused(overview, action, str(refused))
        return _answer(_deed(action), performed=True)

    def _refused(self, overview: Overview, action: Action, reason: str) -> dict[str, Any]:
        """AWS will not have it: settled at once, and what was noted of its effect taken back."""
        words = f"{action.kind} of {action.subject} failed: {reason}"
        entry = self._entry(overview, action, "action", words, None)
        failed = replace(action, status=ActionStatus.FAILED, settled_at=self.clock.now(), outcome=reason)
        hold = overview.operations.holds.get(action.subject)
        raised = hold is not None and hold.live and hold.action_id == action.action_id
        holds = (hold.without_the_last_raise(),) if hold is not None and raised else ()
        rows = (failed, *overview.operations.freed(action), *holds)
        self.operations.record(overview.environment.environment_id, Change(rows, (entry,)))
        return _answer(words, performed=False)

    def _act(self, overview: Overview, action: Action) -> None:
        place = (overview.environment.region, overview.environment.cluster, action.subject)
        match action.kind:
            case ActionKind.RAISE_BOUND | ActionKind.RELEASE_BOUND:
                bounds = int(action.target["minimum"]), int(action.target["maximum"])
                self.scaling.set_bounds(*place, *bounds)
            case ActionKind.RESTART_SERVICE:
                self.services.restart(*place)
            case ActionKind.STOP_DEPLOYMENT:
                self.services.stop_deployment(*place)

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
        detail: dict[str, Any] = {"action": action.kind.value, "target": dict(action.target)}
        if facts is not None and facts.scaling is not None:
            detail["was"] = {"minimum": facts.scaling.minimum, "maximum": facts.scaling.maximum}
        cause = action.entry_id or action.action_id
        return self.narrator.entry(overview.environment, kind, action.subject, summary, cause, detail)


def found(overview: Overview, action_id: str) -> Action:
    action = overview.operations.actions.get(action_id)
    if action is None:
        raise ActionNotFoundError(f"{overview.environment.name} has no action {action_id}")
    return action


def _answer(reason: str, *, performed: bool) -> dict[str, Any]:
    return {"performed": performed, "reason": reason, "wait_seconds": WAIT_SECONDS}


def _deed(action: Action) -> str:
    if "minimum" in action.target:
        bounds = f"{action.target['minimum']} to {action.target['maximum']} tasks"
        return f"{action.kind}: bounds of {action.subject} set to {bounds}"
    return f"{action.kind}: {action.subject}"


def _holds(overview: Overview, action: Action, facts: Facts, now: float) -> tuple[Hold, ...]:
    """What is raised is held for its time; the bounds to go back to are those before the first raise."""
    if action.kind is not ActionKind.RAISE_BOUND or facts.scaling is None:
        return ()
    before = overview.operations.holds.get(action.subject)
    live = before if before is not None and before.live else None
    ours = live is not None and live.minimum == facts.scaling.minimum
    return (
        Hold(
            service=action.subject,
            minimum=int(action.target["minimum"]),
            maximum=int(action.target["maximum"]),
            was_minimum=live.was_minimum if live else facts.scaling.minimum,
            was_maximum=live.was_maximum if live else facts.scaling.maximum,
            until=now + HOLD_SECONDS,
            condition=action.condition,
            action_id=action.action_id,
            fence=action.fence,
            minimum_before=facts.scaling.minimum if ours else None,
            version=before.version if before else 0,
        ),
    )


def _decided(
    overview: Overview, action: Action, refused: Held | Nothing, entry: Entry
) -> tuple[OperationRow, ...]:
    """The condition's decision is now what was found, so that the next examination does not repeat it."""
    condition = overview.operations.conditions.get(action.condition)
    if condition is None:
        return ()
    if isinstance(refused, Held):
        decision = Decision(Verdict.HOLD, refused.reason, action.kind, refused.guard, refused.lifts_at)
    else:
        decision = Decision(Verdict.NONE, refused.reason, action.kind)
    return (replace(condition, decided=as_decided(decision, entry.at, entry.entry_id)),)
