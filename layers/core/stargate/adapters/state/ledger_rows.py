"""The ledger of an environment, read page by page; it is written with what it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.adapters.state.attributes import encode
from stargate.adapters.state.page_marks import page_mark, query_behind
from stargate.adapters.state.rows import entry_of
from stargate.domain.paging import Page

if TYPE_CHECKING:
    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table
    from stargate.domain.ledger import Entry

LOOKED_THROUGH = 200  # entries at once, where only those of one kind are wanted


@dataclass(frozen=True)
class LedgerRows:
    table: Table

    def page(
        self, environment_id: str, since: float | None, kind: str | None, limit: int, after: str | None
    ) -> Page[Entry]:
        """One that wants a kind looks through many entries for few: never for as few as it wants."""
        values: Row = {":pk": f"env#{environment_id}", ":first": "ledger#", ":last": "ledger#~"}
        if since is not None:
            values[":first"] = f"ledger#{max(0, round(since * 1000)):013d}"
        arguments: Row = {"Limit": limit}
        if kind is not None:
            values[":kind"] = kind
            arguments = {"Limit": LOOKED_THROUGH, "FilterExpression": "kind = :kind"}
        found: list[Row] = []
        while True:
            rows, last = query_behind(
                self.table,
                after,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues={name: encode(value) for name, value in values.items()},
                ConsistentRead=True,
                **arguments,
            )
            found.extend(rows)
            if len(found) > limit:
                found, last = found[:limit], {name: found[limit - 1][name] for name in ("pk", "sk")}
            after = page_mark(last)
            if after is None or len(found) == limit:
                return Page(tuple(entry_of(row) for row in found), after)
