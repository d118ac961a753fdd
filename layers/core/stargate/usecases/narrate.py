"""Writes ledger entries in one voice: who, what, and what led to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.ledger import Entry

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.operating.incidents import Incident
    from stargate.ports.world import Clock, Identifiers


@dataclass(frozen=True)
class Narrator:
    clock: Clock
    identifiers: Identifiers
    actor: str

    def step(self, environment: Environment, subject: str, summary: str, cause: str, **detail: Any) -> Entry:
        return self.entry(environment, "step", subject, summary, cause, detail)

    def asked(self, environment: Environment, summary: str, detail: dict[str, Any]) -> Entry:
        """Record the request that began an attempt: its id was given out before, as the attempt's cause."""
        at, cause = environment.updated_at, f"request by {self.actor}"
        return Entry(
            environment.cause,
            at,
            environment.name,
            "decision",
            environment.name,
            summary,
            cause,
            self.actor,
            detail,
        )

    def entry(
        self,
        environment: Environment,
        kind: str,
        subject: str,
        summary: str,
        cause: str,
        detail: dict[str, Any],
        incident: Incident | None = None,
    ) -> Entry:
        at, of = self.clock.now(), None if incident is None else incident.incident_id
        entry_id = self.identifiers.entry_id(at)
        return Entry(entry_id, at, environment.name, kind, subject, summary, cause, self.actor, detail, of)
