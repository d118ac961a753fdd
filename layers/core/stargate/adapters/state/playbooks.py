"""The rows of environments' own playbooks: the one in force, read with each signal, and every version."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from stargate.adapters.refusals import named
from stargate.adapters.state.attributes import encode
from stargate.adapters.state.rows import entry_row
from stargate.domain.playbook.own import UNWRITTEN, OwnPlaybook
from stargate.errors import ConflictError

if TYPE_CHECKING:
    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table
    from stargate.domain.ledger import Entry

VERSIONS = "playbook#"
MOST_LISTED = 100
TOLD = ("version", "note", "actor", "at", "made_from", "follows")


@dataclass(frozen=True)
class PlaybookRows:
    table: Table

    def get(self, environment_id: str, version: int | None = None) -> OwnPlaybook | None:
        if version == UNWRITTEN.version:
            return UNWRITTEN
        with named("GetItem"):
            row = self.table.get(playbook_key(environment_id, version))
        return None if row is None and version is not None else own_of(row)

    def versions(self, environment_id: str) -> list[OwnPlaybook]:
        with named("Query"):
            rows, _ = self.table.query(
                KeyConditionExpression="pk = :pk AND begins_with(sk, :versions)",
                ExpressionAttributeValues={
                    ":pk": encode(f"env#{environment_id}"),
                    ":versions": encode(VERSIONS),
                },
                ProjectionExpression=", ".join(f"#{name}" for name in TOLD),
                ExpressionAttributeNames={f"#{name}": name for name in TOLD},
                ScanIndexForward=False,
                Limit=MOST_LISTED,
            )
        return [_listed(row) for row in rows]

    def put(self, environment_id: str, after: OwnPlaybook, entry: Entry) -> None:
        row: Row = {**asdict(after), "follows": after.follows}
        first = after.version == UNWRITTEN.version + 1
        replaced = {"condition": "#version = :before", "values": {":before": after.version - 1}}
        new = {"condition": "attribute_not_exists(pk)"}
        puts = [
            {"row": {**playbook_key(environment_id), **row}, **(new if first else replaced)},
            {"row": {**playbook_key(environment_id, after.version), **row}, **new},
            {"row": entry_row(environment_id, entry), **new},
        ]
        with named("TransactWriteItems"):
            refused = self.table.write_unless(puts)
        if any(refused):
            raise ConflictError("another version was written since this one's predecessor was read")


def playbook_key(environment_id: str, version: int | None = None) -> Row:
    """Of the one in force, or of a version."""
    sort = VERSIONS.rstrip("#") if version is None else f"{VERSIONS}{version:06d}"
    return {"pk": f"env#{environment_id}", "sk": sort}


def own_of(row: Row | None) -> OwnPlaybook:
    if row is None:
        return UNWRITTEN
    return OwnPlaybook(**{one.name: row[one.name] for one in fields(OwnPlaybook) if one.name in row})


def _listed(row: Row) -> OwnPlaybook:
    """Without its rules, which would have to be read for nothing: only that it has some is told."""
    return own_of({**row, "written": "" if row["follows"] == "own" else None})
