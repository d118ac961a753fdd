"""The routes of incidents: listed, and shown with their timelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.api.problems import Reply
from stargate.api.requests import checked

if TYPE_CHECKING:
    from stargate.api.requests import Query
    from stargate.usecases.operating.show_incidents import ShowIncidents


@dataclass(frozen=True)
class IncidentsApi:
    show: ShowIncidents

    def list_incidents(self, name: str, query: Query) -> Reply:
        limit = checked(query, ("limit", "next"))
        return Reply(200, self.show.all(name, limit, query.get("next")))

    def show_incident(self, name: str, incident: str) -> Reply:
        return Reply(200, self.show.one(name, incident))
