# ruff: noqa: ARG001  (each guard takes what all of its table take)
"""What may hold an action: each guard says why, and until when if that is known.

Most stand before every action, whatever its rule says. A kind, or a rule, can only name more of them: so no
playbook can leave one out. Two are named by a proposal itself, which alone knows the figures: `limits`, and
`scale-in` while a deployment or another critical condition is under way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Mode, Status
from stargate.domain.moments import told
from stargate.domain.operating.action import Action, ActionStatus
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.conditions import FLAPS, HOUR, is_flapping
from stargate.domain.operating.incidents import ANSWERED_FIRST, HEED_SECONDS, INCIDENT, may_come_of
from stargate.domain.operating.proposals import Held
from stargate.domain.people.approvals import APPROVAL, UNANSWERED, newest, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stargate.domain.operating.actions.kind import ActionKind
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.incidents import Incident
    from stargate.domain.operating.leases import Lease
    from stargate.domain.operating.operations import Operations, Overview
    from stargate.domain.operating.playbook import Rule
    from stargate.domain.people.approvals import Approval

ALWAYS = (
    "status",
    "mode",
    "switch",
    "verification",
    "lease",
    INCIDENT,
    "flapping",
    "cool-down",
    "budget",
    "rate",
    APPROVAL,
)
OF_WHAT_CHANGES_NOTHING = ("verification", "lease", INCIDENT, "budget")
PAGED_ONCE_SECONDS = 1800.0  # so long whoever was paged about an incident is not paged about more of it
ON_DEMAND = ("expiry", "window", APPROVAL)  # what a kind or a rule may name
BY_PROPOSALS = ("limits", "scale-in")


@dataclass(frozen=True)
class Intent:
    """What a rule would do, and by which action: one that is performed at last does not hold itself."""

    rule: Rule
    condition: Condition
    kind: ActionKind
    subject: str
    action_id: str | None = None

    @property
    def scope(self) -> str:
        return self.kind.scope_of(self.subject)

    @property
    def guards(self) -> tuple[str, ...]:
        """In the order in which they are asked."""
        return guards_of(self.rule, self.kind)


def guards_of(rule: Rule, kind: ActionKind) -> tuple[str, ...]:
    if not kind.changes_the_gateway:
        return OF_WHAT_CHANGES_NOTHING
    named = [name for name in (*kind.guards, *rule.guards) if name not in ALWAYS]
    return tuple(dict.fromkeys([*named, *ALWAYS]))


def first_held(overview: Overview, intent: Intent, now: float) -> Held | None:
    """The first of the guards that holds it, or None if it may go ahead."""
    found = (GUARDS[name](overview, intent, now) for name in intent.guards)
    return next((held for held in found if held is not None), None)


def _status(overview: Overview, intent: Intent, now: float) -> Held | None:
    status = overview.environment.status
    well = status in {Status.READY, Status.DEGRADED}
    return None if well else Held("status", f"the environment is {status}")


def _mode(overview: Overview, intent: Intent, now: float) -> Held | None:
    """Mode advise is another guard's: it asks."""
    mode = overview.environment.mode
    return Held("mode", f"the environment's mode is {mode}") if mode is Mode.OBSERVE else None


def _switch(overview: Overview, intent: Intent, now: float) -> Held | None:
    switch = overview.switch
    if switch.on:
        return None
    return Held("switch", f"actions are switched off: {switch.reason or 'no reason given'}")


def _verification(overview: Overview, intent: Intent, now: float) -> Held | None:
    """Never against what is still being verified: what comes next would be taken for its effect."""
    others = (one for one in overview.operations.actions.values() if one.action_id != intent.action_id)
    busy = next((one for one in others if one.in_flight and _disturbs(intent, one)), None)
    return None if busy is None else Held("verification", f"{busy.kind} of {busy.subject} is under way")


def _disturbs(intent: Intent, other: Action) -> bool:
    """Two that change the same, or of which one shakes all of the gateway."""
    kind = ACTIONS[other.kind]
    if not (kind.changes_the_gateway and intent.kind.changes_the_gateway):
        return other.scope == intent.scope
    same = other.scope == intent.scope or other.subject == intent.subject
    return same or kind.shakes_everything or intent.kind.shakes_everything


def _lease(overview: Overview, intent: Intent, now: float) -> Held | None:
    drill = overview.operations.leases.get("drill")
    if drill is not None and drill.held_at(now) and _may_be_of(drill, intent):
        return Held("lease", f"drill {drill.holder} is running: what it breaks is its own", drill.expires_at)
    lease = overview.operations.leases.get(intent.scope)
    if lease is None or lease.holder == intent.action_id or not lease.held_at(now):
        return None
    return Held("lease", f"{intent.scope} is held by {lease.holder}", lease.expires_at)


def _may_be_of(drill: Lease, intent: Intent) -> bool:
    """Nobody is woken for what began in a drill; one that meets other trouble ends, and holds it no more."""
    return intent.kind.changes_the_gateway or intent.condition.opened_at >= drill.taken_at


def _incident(overview: Overview, intent: Intent, now: float) -> Held | None:
    """One cause, one response: what comes of it waits for the answer to it, and one page tells of all."""
    incident = overview.operations.incident_of(intent.condition.key)
    if incident is None or intent.kind.name in TAKE_BACK:
        return None
    if not intent.kind.changes_the_gateway:
        return _told_already(overview, intent, incident, now)
    cause = overview.operations.conditions.get(incident.cause)
    if cause is None or not cause.open or cause.kind not in ANSWERED_FIRST:
        return None
    until = cause.opened_at + HEED_SECONDS
    if now >= until or not may_come_of(cause, intent.condition):
        return None
    return Held(INCIDENT, f"it may come of {cause.key}, which is answered first", until)


def _told_already(overview: Overview, intent: Intent, incident: Incident, now: float) -> Held | None:
    """A page that missed told nobody; and one about the same condition is for its rule to repeat."""
    same = (
        one.since
        for one in overview.operations.actions.values()
        if one.kind == intent.kind.name
        and one.condition != intent.condition.key
        and incident.has(one.condition)
        if one.in_flight or one.status is ActionStatus.REACHED
    )
    newest = max(same, default=None)
    if newest is None or newest < incident.opened_at or now >= newest + PAGED_ONCE_SECONDS:
        return None
    words = f"{intent.kind.name} was done at {told(newest)} about the same incident"
    return Held(INCIDENT, words, newest + PAGED_ONCE_SECONDS)


def _flapping(overview: Overview, intent: Intent, now: float) -> Held | None:
    """What comes and goes is neither mended again nor taken back each time."""
    if not intent.kind.damped or not is_flapping(intent.condition, now):
        return None
    lifts_at = intent.condition.openings[-FLAPS] + HOUR
    return Held("flapping", f"{intent.condition.key} opened {FLAPS} times in an hour", lifts_at)


def _cool_down(overview: Overview, intent: Intent, now: float) -> Held | None:
    newest = max((action.since for action in _earlier(overview, intent)), default=None)
    if newest is None or now >= newest + intent.rule.cool_down:
        return None
    words = f"{intent.kind.name} again only {intent.rule.cool_down / 60:.0f} min after the last"
    return Held("cool-down", words, newest + intent.rule.cool_down)


def _budget(overview: Overview, intent: Intent, now: float) -> Held | None:
    """Of this kind on this subject."""
    most, recent = intent.rule.most_in_an_hour, _recent(_earlier(overview, intent), now)
    if len(recent) < most:
        return None
    words = f"{intent.kind.name} was done {len(recent)} times in an hour"
    return Held("budget", words, recent[-most] + HOUR if most else None)


def _rate(overview: Overview, intent: Intent, now: float) -> Held | None:
    """Of all kinds on this environment; what is taken back is counted, and never held by it."""
    if intent.kind.name in TAKE_BACK:
        return None
    most = overview.environment.actions_an_hour
    changing = (one for one in _done(overview, intent) if ACTIONS[one.kind].changes_the_gateway)
    recent = _recent(changing, now)
    if len(recent) < most:
        return None
    words = f"{len(recent)} actions in an hour are the most on {overview.environment.name}"
    return Held("rate", words, recent[-most] + HOUR if most else None)


def _expiry(overview: Overview, intent: Intent, now: float) -> Held | None:
    hold = overview.operations.holds.get(intent.scope)
    if hold is None or not hold.live or now >= hold.until:
        return None
    return Held("expiry", f"{hold.kind} of {hold.subject} is kept until its time is over", hold.until)


def _window(overview: Overview, intent: Intent, now: float) -> Held | None:
    window = overview.environment.maintained
    if window.cover(now):
        return None
    return Held("window", f"only in the maintenance window, {window.told()}", window.next_opening(now))


def _approval(overview: Overview, intent: Intent, now: float) -> Held | None:
    """Asked last, so that nobody is asked about what another guard holds."""
    named = APPROVAL in {*intent.kind.guards, *intent.rule.guards}
    if not named and overview.environment.mode is not Mode.ADVISE:
        return None
    known, asked = overview.operations, (intent.condition.key, intent.kind.name, intent.subject)
    if granted(known, *asked, now, but_of=intent.action_id) is not None:
        return None
    words = f"{intent.kind.name} of {intent.subject} needs a person's approval"
    latest = newest(known.approvals.values(), *asked)
    if latest is None or latest.status_at(now) not in UNANSWERED:
        return Held(APPROVAL, words)
    return Held(APPROVAL, f"{words}: {standing(latest, now)}")


def granted(
    known: Operations, condition: str, kind: str, subject: str, now: float, but_of: str | None = None
) -> Approval | None:
    """The word of a person that allows it and was not used yet, unless by the action `but_of` itself."""
    others = [one for one in known.actions.values() if one.action_id != but_of]
    given = (one for one in known.approvals.values() if one.is_about(condition, kind, subject))
    return next((one for one in given if one.allows(now) and not one.is_used(others)), None)


def _earlier(overview: Overview, intent: Intent) -> Iterator[Action]:
    """Actions of the same kind on the same subject."""
    for action in _done(overview, intent):
        if action.kind == intent.kind.name and action.subject == intent.subject:
            yield action


def _done(overview: Overview, intent: Intent) -> Iterator[Action]:
    """One that was withdrawn before it began did nothing."""
    for action in overview.operations.actions.values():
        withdrawn = action.status is ActionStatus.WITHDRAWN and action.performed_at is None
        if not withdrawn and action.action_id != intent.action_id:
            yield action


def _recent(actions: Iterator[Action], now: float) -> list[float]:
    return sorted(one.since for one in actions if one.since > now - HOUR)


TAKE_BACK = frozenset(kind.taken_back_by for kind in ACTIONS.values() if kind.taken_back_by)
GUARDS: Mapping[str, Callable[[Overview, Intent, float], Held | None]] = {
    "status": _status,
    "mode": _mode,
    "switch": _switch,
    "verification": _verification,
    "lease": _lease,
    INCIDENT: _incident,
    "flapping": _flapping,
    "cool-down": _cool_down,
    "budget": _budget,
    "rate": _rate,
    "expiry": _expiry,
    "window": _window,
    APPROVAL: _approval,
}
