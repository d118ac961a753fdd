"""Ended incidents, kept for ever: beside the loop's rows, which every signal reads, and which stay few."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from stargate.adapters.refusals import named
from stargate.adapters.state.attributes import encode, encode_row
from stargate.adapters.state.operation_rows import incident_of
from stargate.domain.paging import Page

if TYPE_CHECKING:
    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table
    from stargate.domain.operating.incidents import Incident

PREFIX = "incident#"


def incident_key(environment_id: str, incident_id: str) -> Row:
    return {"pk": f"env#{environment_id}", "sk": f"{PREFIX}{incident_id}"}


def ended_row(environment_id: str, incident: Incident) -> Row:
    """As it is written once, with its end."""
    return {**incident_key(environment_id, incident.incident_id), **asdict(incident)}


@dataclass(frozen=True)
class IncidentRows:
    table: Table

    def page(self, environment_id: str, limit: int, after: str | None) -> Page[Incident]:
        arguments = {}
        if after is not None:
            arguments["ExclusiveStartKey"] = encode_row(incident_key(environment_id, after))
        values = {":pk": encode(f"env#{environment_id}"), ":prefix": encode(PREFIX)}
        with named("Query"):
            rows, last = self.table.query(
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues=values,
                ScanIndexForward=False,
                Limit=limit,
                **arguments,
            )
        found = tuple(map(incident_of, rows))
        return Page(found, found[-1].incident_id if last and found else None)

    def get(self, environment_id: str, incident_id: str) -> Incident | None:
        with named("GetItem"):
            row = self.table.get(incident_key(environment_id, incident_id))
        return None if row is None else incident_of(row)
