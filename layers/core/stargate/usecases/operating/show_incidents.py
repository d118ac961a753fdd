"""The incidents of an environment: those that go on and those that have ended, and one with its timeline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told
from stargate.domain.operating.incident_report import reported, timeline
from stargate.domain.paging import NO_MARK
from stargate.errors import EnvironmentNotFoundError, IncidentNotFoundError, InvalidRequestError
from stargate.usecases.operating.end_incident import entries_of

if TYPE_CHECKING:
    from stargate.domain.operating.incidents import Incident
    from stargate.domain.operating.operations import Overview
    from stargate.ports.state import Incidents, Ledger, OperationsRows

    Document = dict[str, Any]

MARK = re.compile(r"[0-9]{13}-[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True)
class ShowIncidents:
    operations: OperationsRows
    incidents: Incidents
    ledger: Ledger

    def all(self, name: str, limit: int, after: str | None) -> Document:
        """`{"incidents": […], "next": …}`: those that go on, on the first page, then the newest first."""
        if after is not None and MARK.fullmatch(after) is None:
            raise InvalidRequestError([NO_MARK])
        overview = self._overview(name)
        opened = [] if after else overview.operations.open_incidents()
        page = self.incidents.page(overview.environment.environment_id, limit, after)
        shown = [*reversed(opened), *page.items]
        return {"incidents": [_document(one, one.summary) for one in shown], "next": page.after}

    def one(self, name: str, incident_id: str) -> Document:
        """With its timeline, from the ledger: as far as it has come, or to its end."""
        overview = self._overview(name)
        environment_id = overview.environment.environment_id
        known = overview.operations.incidents.get(incident_id)
        incident = known or self.incidents.get(environment_id, incident_id)
        if incident is None:
            raise IncidentNotFoundError(f"{name} has no incident {incident_id}")
        entries = list(entries_of(self.ledger, environment_id, incident))
        summary = incident.summary or reported(incident, entries, incident.recovered_at)
        return {**_document(incident, summary), "timeline": timeline(incident, entries)}

    def _overview(self, name: str) -> Overview:
        overview = self.operations.by_name(name)
        if overview is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return overview


def _document(incident: Incident, summary: Any) -> Document:
    """`summary` is empty of one that goes on, in a list."""
    return {
        "id": incident.incident_id,
        "status": "open" if incident.open else "ended",
        "severity": incident.severity.value,
        "cause": incident.cause,
        "conditions": list(incident.conditions),
        "opened_at": told(incident.opened_at),
        "detected_at": told(incident.detected_at),
        "recovered_at": None if incident.recovered_at is None else told(incident.recovered_at),
        "ended_at": None if incident.ended_at is None else told(incident.ended_at),
        "summary": dict(summary) or None,
    }
