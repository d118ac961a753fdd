"""The environments. Every write is conditional, so duplicates write once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.adapters.state.attributes import encode
from stargate.adapters.state.page_marks import page_mark, query_behind
from stargate.adapters.state.rows import (
    LISTED,
    entry_row,
    environment_key,
    environment_of,
    environment_row,
    name_key,
    node_fields,
    node_key,
)
from stargate.adapters.state.table import first_write, put_write
from stargate.domain.paging import Page
from stargate.errors import EnvironmentNotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.adapters.state.table import Table
    from stargate.domain.environment import Check, Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.life.ends import Kept
    from stargate.domain.provisioning.progress import NodeState

SAME_ATTEMPT = "#status = :status AND attempt = :attempt"
# A row written before there were revisions has none, which is the first.
SAME_REVISION = "(revision = :revision OR (attribute_not_exists(revision) AND :revision = :first))"


@dataclass(frozen=True)
class EnvironmentRows:
    table: Table

    def get(self, environment_id: str) -> Environment:
        row = self.table.get(environment_key(environment_id))
        if row is None:
            raise EnvironmentNotFoundError(f"there is no environment with id {environment_id}")
        return environment_of(row)

    def by_name(self, name: str) -> Environment | None:
        held = self.table.get(name_key(name))
        row = self.table.get(environment_key(held["id"])) if held else None
        return environment_of(row) if row else None

    def page(self, limit: int, after: str | None) -> Page[Environment]:
        rows, last = query_behind(
            self.table,
            after,
            IndexName="gsi1",
            KeyConditionExpression="gsi1pk = :listed",
            ExpressionAttributeValues={":listed": encode(LISTED)},
            Limit=limit,
        )
        return Page(tuple(environment_of(row) for row in rows), page_mark(last))

    def create(
        self,
        environment: Environment,
        states: Sequence[NodeState],
        entry: Entry,
        replaces: Environment | None,
    ) -> None:
        identifier = environment.environment_id
        name = {**name_key(environment.name), "id": identifier}
        if replaces is None:
            holder = put_write(name, "attribute_not_exists(pk)")
        else:
            gone = {":id": replaces.environment_id}
            holder = put_write(name, "attribute_not_exists(pk) OR id = :id", gone)
        nodes = [put_write({**node_key(identifier, state.name), **node_fields(state)}) for state in states]
        own = put_write(environment_row(environment), "attribute_not_exists(pk)")
        self.table.write(holder, own, put_write(entry_row(identifier, entry)), *nodes)

    def replace(
        self, before: Environment, after: Environment, entry: Entry, added: Sequence[NodeState] = ()
    ) -> None:
        expected = {
            ":status": before.status.value,
            ":attempt": before.attempt,
            ":revision": before.revision,
            ":first": 0,
        }
        written = replace(after, revision=before.revision + 1)
        self.table.write(
            put_write(environment_row(written), f"{SAME_ATTEMPT} AND {SAME_REVISION}", expected),
            put_write(entry_row(before.environment_id, entry)),
            *(
                first_write(node_key(before.environment_id, state.name), node_fields(state))
                for state in added
            ),
        )

    def record_checks(
        self, environment: Environment, checks: Sequence[Check], kept: Sequence[Kept] = ()
    ) -> None:
        self.table.update(
            environment_key(environment.environment_id),
            {
                ":checks": [check.document() for check in checks],
                ":kept": [one.document() for one in kept],
                ":status": environment.status.value,
                ":attempt": environment.attempt,
                ":one": 1,
            },
            UpdateExpression="SET checks = :checks, kept = :kept ADD revision :one",
            ConditionExpression=SAME_ATTEMPT,
            ExpressionAttributeNames={"#status": "status"},
        )

    def note(self, environment: Environment, entry: Entry) -> None:
        self.table.put(entry_row(environment.environment_id, entry))
