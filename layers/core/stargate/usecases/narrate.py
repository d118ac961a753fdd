"""Writes ledger entries in one voice: who, what, and what led to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.ledger import Entry

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports import Clock, Identifiers


@dataclass(frozen=True)
class Narrator:
    clock: Clock
    identifiers: Identifiers
    actor: str

    def step(self, environment: Environment, subject: str, summary: str, cause: str, **detail: Any) -> Entry:
        return self.entry(environment, "step", subject, summary, cause, detail)

    def entry(  # noqa: PLR0913  (an entry has that many fields)
        self,
        environment: Environment,
        kind: str,
        subject: str,
        summary: str,
        cause: str,
        detail: dict[str, Any],
    ) -> Entry:
        at = self.clock.now()
        entry_id = self.identifiers.entry_id(at)
        return Entry(entry_id, at, environment.name, kind, subject, summary, cause, self.actor, detail)
