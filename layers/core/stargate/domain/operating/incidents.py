"""Conditions with one cause, and all that is done about them: one story, one response, one end.

An incident begins when a condition is critical, or something is done about it. What is related to it joins,
whether it is severe or not. It ends when all of it has been well for a while: what comes and goes is one
incident, and so is what relapses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.conditions import is_asked, is_flapping
from stargate.domain.signals.signal import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.operations import Operations

INCIDENT = "incident"  # the guard, and the kind of its ledger entries
CALM_SECONDS = 600.0  # so long all of it has to be well
HEED_SECONDS = 600.0  # so long the answer to the cause is given before its effects are answered

SUFFERS = frozenset({"errors-high", "latency-high", "keys-refused", "task-stopped"})
# What may come of a condition, by their kinds.
LEADS_TO: Mapping[str, frozenset[str]] = {
    "health-issue": SUFFERS | {"placement-failed", "database-failover", "database-failed"},
    "database-key-lost": SUFFERS | {"database-failed"},
    "database-failed": SUFFERS | {"connections-high"},
    "database-failover": SUFFERS | {"connections-high"},
    "database-stopped": SUFFERS | {"connections-high"},
    "database-deleted": SUFFERS | {"connections-high"},
    "secret-deleted": SUFFERS,
    "storage-low": SUFFERS | {"database-failed"},
    "secret-rotated": SUFFERS,
    "rotation-failed": SUFFERS,
    "connections-high": SUFFERS,
    "deployment-failed": SUFFERS,
    "placement-failed": frozenset({"cpu-high", "latency-high", "errors-high"}),
    "memory-high": SUFFERS,
    "cpu-high": frozenset({"latency-high", "errors-high", "connections-high"}),
    "quota-warning": frozenset({"model-throttled", "latency-high", "errors-high"}),
    "quota-high": frozenset({"model-throttled", "latency-high", "errors-high"}),
    "model-throttled": frozenset({"latency-high", "errors-high"}),
}
# Of these the answer has to be waited for: what is done about their effects meanwhile helps nobody.
ANSWERED_FIRST = frozenset(
    {"health-issue", "database-key-lost", "database-failed", "database-failover", "secret-rotated"}
)


@dataclass(frozen=True)
class Incident:
    """`cause` is the key of the condition that explains the others, `conditions` are in the order of joining.

    `opened_at` is the moment of its first event, `detected_at` when that was known here, `recovered_at` when
    the last of its conditions had closed, `ended_at` when that had lasted. `incident_id` is the ledger entry
    that opened it, `entry_id` the newest about it. `summary` is made at its end.
    """

    incident_id: str
    cause: str
    conditions: tuple[str, ...]
    severity: Severity
    opened_at: float
    detected_at: float
    open: bool = True
    recovered_at: float | None = None
    ended_at: float | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
    entry_id: str = ""
    version: int = 0

    def has(self, condition: str) -> bool:
        return condition in self.conditions


def may_come_of(cause: Condition, effect: Condition) -> bool:
    return effect.kind in LEADS_TO.get(cause.kind, frozenset())


def are_related(one: Condition, other: Condition) -> bool:
    """One may come of the other, or they are of one subject, or their source told of both as one."""
    if one.subject == other.subject or may_come_of(one, other) or may_come_of(other, one):
        return True
    group = one.facts.get("group")
    return bool(group) and group == other.facts.get("group")


def cause_among(conditions: Iterable[Condition]) -> Condition:
    """The one that most of the others may come of; of equals the one that was there first."""
    known = sorted(conditions, key=lambda one: one.opened_at)
    return max(known, key=lambda one: sum(may_come_of(one, other) for other in known))


def gathered(
    operations: Operations, condition: Condition, now: float, *, acts: bool = False
) -> Incident | None:
    """The incident as it is with this condition, be it new, joined, worse or as it was; None: it is of none.

    `acts`: something is done about it.
    """
    if not condition.open:
        return operations.incident_of(condition.key)
    before = operations.incident_of(condition.key) or _one_that_is_related(operations, condition)
    if before is not None:
        return _with(operations, before, condition)
    drill = operations.leases.get("drill")
    if drill is not None and drill.held_at(now):  # what begins in a drill is the drill's own
        return None
    if is_asked(condition) or (condition.severity is not Severity.CRITICAL and not acts):
        return None
    return _begun(operations, condition, now)


def _one_that_is_related(operations: Operations, condition: Condition) -> Incident | None:
    for incident in operations.open_incidents():
        if any(are_related(one, condition) for one in members(operations, incident)):
            return incident
    return None


def members(operations: Operations, incident: Incident) -> Iterator[Condition]:
    for key in incident.conditions:
        if key in operations.conditions:
            yield operations.conditions[key]


def _with(operations: Operations, incident: Incident, condition: Condition) -> Incident:
    keys = incident.conditions if incident.has(condition.key) else (*incident.conditions, condition.key)
    joined = replace(incident, conditions=keys)
    known = operations.with_row(condition)
    worst = max(incident.severity, condition.severity, key=lambda level: level.rank)
    cause = cause_among(members(known, joined)).key if keys != incident.conditions else incident.cause
    return replace(joined, severity=worst, cause=cause)


def _begun(operations: Operations, condition: Condition, now: float) -> Incident:
    """With all that was open already and has to do with it."""
    others = (one for one in operations.conditions.values() if one.open and one.key != condition.key)
    free = (one for one in others if operations.incident_of(one.key) is None)
    found = [condition, *(one for one in free if are_related(one, condition))]
    found.sort(key=lambda one: one.opened_at)
    return Incident(
        incident_id="",
        cause=cause_among(found).key,
        conditions=tuple(one.key for one in found),
        severity=max((one.severity for one in found), key=lambda level: level.rank),
        opened_at=found[0].opened_at,
        detected_at=now,
    )


def recovered_at(operations: Operations, incident: Incident, now: float) -> float | None:
    """When the last of its conditions closed; None: that has not lasted, or not all is as it was before."""
    known = list(members(operations, incident))
    if any(is_flapping(one, now) or operations.in_flight(one.key) for one in known):
        return None
    if any(operations.is_looked_after(one.key) for one in known):
        return None
    last = max((one.closed_at or incident.opened_at for one in known), default=incident.opened_at)
    return last if now >= last + CALM_SECONDS else None
