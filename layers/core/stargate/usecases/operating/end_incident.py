"""An incident ends when all of it has been well for a while: with what came of it, told from the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.incident_report import in_words, reported
from stargate.domain.operating.incidents import INCIDENT, recovered_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.ledger import Entry
    from stargate.domain.operating.incidents import Incident
    from stargate.domain.operating.operations import Overview
    from stargate.ports.state import Ledger
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

ENTRIES_AT_ONCE = 100


@dataclass(frozen=True)
class EndIncident:
    ledger: Ledger
    clock: Clock
    narrator: Narrator

    def __call__(self, overview: Overview, *, put_away: bool = False) -> Iterator[tuple[Incident, Entry]]:
        """Each that ends now, with its entry; `put_away`: all of them, their environment goes or sleeps."""
        now = self.clock.now()
        for incident in overview.operations.open_incidents():
            recovered = recovered_at(overview.operations, incident, now)
            if put_away or recovered is not None:
                yield self._ended(overview, incident, recovered)

    def _ended(
        self, overview: Overview, incident: Incident, recovered: float | None
    ) -> tuple[Incident, Entry]:
        environment = overview.environment
        entries = entries_of(self.ledger, environment.environment_id, incident)
        summary = reported(incident, entries, recovered)
        words = in_words(incident, summary) if recovered is not None else _put_away(overview, incident)
        detail: dict[str, Any] = {"change": "ended", "conditions": list(incident.conditions), **summary}
        entry = self.narrator.entry(
            environment, INCIDENT, incident.cause, words, incident.entry_id, detail, incident
        )
        ended = replace(
            incident,
            open=False,
            recovered_at=recovered,
            ended_at=entry.at,
            summary=summary,
            entry_id=entry.entry_id,
        )
        return ended, entry


def _put_away(overview: Overview, incident: Incident) -> str:
    environment = overview.environment
    return f"incident of {incident.cause} is put away: {environment.name} is {environment.status}"


def entries_of(ledger: Ledger, environment_id: str, incident: Incident) -> Iterator[Entry]:
    """Those of its time, by pages."""
    after: str | None = None
    while True:
        page = ledger.page(environment_id, incident.opened_at, None, ENTRIES_AT_ONCE, after)
        for entry in page.items:
            if incident.ended_at is not None and entry.at > incident.ended_at:
                return
            yield entry
        after = page.after
        if after is None:
            return
