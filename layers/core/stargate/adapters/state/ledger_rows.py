"""The ledger of an environment, read page by page; it is written with what it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.adapters.state.attributes import encode, encode_row
from stargate.adapters.state.page_marks import page_mark, page_start
from stargate.adapters.state.rows import entry_of
from stargate.domain.paging import Page

if TYPE_CHECKING:
    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table
    from stargate.domain.ledger import Entry


@dataclass(frozen=True)
class LedgerRows:
    table: Table

    def page(
        self, environment_id: str, since: float | None, kind: str | None, limit: int, after: str | None
    ) -> Page[Entry]:
        values: Row = {":pk": f"env#{environment_id}", ":first": "ledger#", ":last": "ledger#~"}
        if since is not None:
            values[":first"] = f"ledger#{max(0, round(since * 1000)):013d}"
        found: list[Row] = []
        start, arguments = page_start(after), {}
        if kind is not None:
            values[":kind"] = kind
            arguments = {"FilterExpression": "kind = :kind"}
        while True:
            rows, last = self.table.query(
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues={name: encode(value) for name, value in values.items()},
                Limit=limit - len(found),
                ConsistentRead=True,
                **arguments,
                **start,
            )
            found.extend(rows)
            if last is None or len(found) >= limit:
                return Page(tuple(entry_of(row) for row in found), page_mark(last))
            start = {"ExclusiveStartKey": encode_row(last)}
