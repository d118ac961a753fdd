"""A condition is put to its incident, or begins one, and the ledger is told of each step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.operating.incidents import INCIDENT, gathered

if TYPE_CHECKING:
    from stargate.domain.ledger import Entry
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.incidents import Incident
    from stargate.domain.operating.operations import Overview
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class Gathered:
    """The incident that the condition belongs to, if it does; with the entry if that is news."""

    incident: Incident | None = None
    entry: Entry | None = None

    @property
    def told(self) -> tuple[Entry, ...]:
        return () if self.entry is None else (self.entry,)

    @property
    def changed(self) -> tuple[Incident, ...]:
        return (self.incident,) if self.incident is not None and self.entry is not None else ()

    @property
    def incident_id(self) -> str | None:
        return None if self.incident is None else self.incident.incident_id

    def known_to(self, overview: Overview) -> Overview:
        if self.incident is None:
            return overview
        return replace(overview, operations=overview.operations.with_row(self.incident))


NONE = Gathered()


@dataclass(frozen=True)
class GatherIncident:
    clock: Clock
    narrator: Narrator

    def __call__(
        self, overview: Overview, condition: Condition, cause: str, *, acts: bool = False
    ) -> Gathered:
        """`cause` is the entry that changed the condition; `acts`: something is done about it."""
        found = gathered(overview.operations, condition, self.clock.now(), acts=acts)
        before = overview.operations.incidents.get(found.incident_id) if found else None
        if found is None or found == before:
            return Gathered(found)
        entry = self.narrator.entry(
            overview.environment,
            INCIDENT,
            condition.subject,
            _summary(before, found, condition),
            before.entry_id if before else cause,
            {
                "change": _change(before, found),
                "condition": condition.key,
                "cause": found.cause,
                "conditions": list(found.conditions),
                "severity": found.severity.value,
            },
        )
        told = replace(found, incident_id=found.incident_id or entry.entry_id, entry_id=entry.entry_id)
        return Gathered(told, replace(entry, incident=told.incident_id))


def _change(before: Incident | None, after: Incident) -> str:
    if before is None:
        return "opened"
    return "joined" if len(after.conditions) > len(before.conditions) else "worsened"


def _summary(before: Incident | None, after: Incident, condition: Condition) -> str:
    what = f"{condition.kind} of {condition.subject}"
    if before is None:
        return f"incident opened: {what} is {condition.severity}"
    if len(after.conditions) > len(before.conditions):
        of = "which explains it" if after.cause == condition.key else f"with {after.cause} as its cause"
        return f"incident joined by {what}, {of}"
    return f"incident worsened: {what} is {condition.severity}"
