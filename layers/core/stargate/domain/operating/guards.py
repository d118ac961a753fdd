# ruff: noqa: ARG001  (each guard takes what all of its table take)
"""What may hold an action: each guard says why, and until when if that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Mode, Status
from stargate.domain.operating.action import Action, ActionStatus
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.proposals import Held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stargate.domain.operating.operations import Overview
    from stargate.domain.operating.playbook import Rule

HOUR = 3600.0
FOR_EVERYTHING = frozenset({"verification", "budget"})  # what may hold even what changes nothing


@dataclass(frozen=True)
class Intent:
    """What a rule would do, and by which action: one that is performed at last does not hold itself."""

    rule: Rule
    kind: str
    subject: str
    action_id: str | None = None

    @property
    def scope(self) -> str:
        return ACTIONS[self.kind].scope_of(self.subject)


def first_held(overview: Overview, intent: Intent, now: float) -> Held | None:
    """The first of the rule's guards that holds it, or None if it may go ahead."""
    names = intent.rule.guards
    if not ACTIONS[intent.kind].changes_the_gateway:
        names = tuple(name for name in names if name in FOR_EVERYTHING)
    found = (GUARDS[name](overview, intent, now) for name in names)
    return next((held for held in found if held is not None), None)


def _status(overview: Overview, intent: Intent, now: float) -> Held | None:
    status = overview.environment.status
    return (
        None if status in {Status.READY, Status.DEGRADED} else Held("status", f"the environment is {status}")
    )


def _mode(overview: Overview, intent: Intent, now: float) -> Held | None:
    mode = overview.environment.mode
    return None if mode is Mode.ACT else Held("mode", f"the environment's mode is {mode}")


def _switch(overview: Overview, intent: Intent, now: float) -> Held | None:
    switch = overview.switch
    return (
        None
        if switch.on
        else Held("switch", f"actions are switched off: {switch.reason or 'no reason given'}")
    )


def _verification(overview: Overview, intent: Intent, now: float) -> Held | None:
    others = (one for one in overview.operations.actions.values() if one.action_id != intent.action_id)
    busy = next((one for one in others if one.in_flight and one.scope == intent.scope), None)
    return None if busy is None else Held("verification", f"{busy.kind} of {busy.subject} is under way")


def _lease(overview: Overview, intent: Intent, now: float) -> Held | None:
    drill = overview.operations.leases.get("drill")
    if drill is not None and drill.held_at(now):
        return Held("lease", f"drill {drill.holder} is running: what it breaks is its own", drill.expires_at)
    lease = overview.operations.leases.get(intent.scope)
    if lease is None or lease.holder == intent.action_id or not lease.held_at(now):
        return None
    return Held("lease", f"{intent.scope} is held by {lease.holder}", lease.expires_at)


def _cool_down(overview: Overview, intent: Intent, now: float) -> Held | None:
    newest = max((_begun(action) for action in _earlier(overview, intent)), default=None)
    if newest is None or now >= newest + intent.rule.cool_down:
        return None
    minutes = intent.rule.cool_down / 60
    return Held(
        "cool-down",
        f"{intent.kind} again only {minutes:.0f} min after the last",
        newest + intent.rule.cool_down,
    )


def _budget(overview: Overview, intent: Intent, now: float) -> Held | None:
    recent = sorted(_begun(one) for one in _earlier(overview, intent) if _begun(one) > now - HOUR)
    most = intent.rule.most_in_an_hour
    if len(recent) < most:
        return None
    return Held("budget", f"{intent.kind} was done {len(recent)} times in an hour", recent[-most] + HOUR)


def _expiry(overview: Overview, intent: Intent, now: float) -> Held | None:
    hold = overview.operations.holds.get(intent.scope)
    if hold is None or not hold.live or now >= hold.until:
        return None
    return Held("expiry", f"{hold.kind} of {hold.subject} is kept until its time is over", hold.until)


def _earlier(overview: Overview, intent: Intent) -> Iterator[Action]:
    """Actions of the same kind on the same subject; one that was withdrawn before it began did nothing."""
    for action in overview.operations.actions.values():
        same = action.kind == intent.kind and action.subject == intent.subject
        withdrawn = action.status is ActionStatus.WITHDRAWN and action.performed_at is None
        if same and not withdrawn and action.action_id != intent.action_id:
            yield action


def _begun(action: Action) -> float:
    return action.performed_at or action.requested_at


GUARDS: Mapping[str, Callable[[Overview, Intent, float], Held | None]] = {
    "status": _status,
    "mode": _mode,
    "switch": _switch,
    "verification": _verification,
    "lease": _lease,
    "cool-down": _cool_down,
    "budget": _budget,
    "expiry": _expiry,
}
