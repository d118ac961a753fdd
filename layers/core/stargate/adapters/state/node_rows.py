"""The nodes of an environment: what is known of each of its stacks, and who waits for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.adapters.state.attributes import encode, encode_row
from stargate.adapters.state.rows import entry_row, node_fields, node_key, node_of
from stargate.adapters.state.table import put_write
from stargate.errors import SupersededError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.adapters.state.table import Table
    from stargate.domain.environment import Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.provisioning.progress import NodeState, States


@dataclass(frozen=True)
class NodeRows:
    table: Table

    def all(self, environment_id: str) -> States:
        rows = self.table.every(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :nodes)",
            ExpressionAttributeValues={":pk": encode(f"env#{environment_id}"), ":nodes": encode("node#")},
            ConsistentRead=True,
        )
        states = [node_of(row) for row in rows]
        return {state.name: state for state in states}

    def of_each(self, environments: Sequence[Environment]) -> list[States]:
        keys = [node_key(one.environment_id, name) for one in environments for name in one.graph.names]
        found: dict[str, dict[str, NodeState]] = {one.environment_id: {} for one in environments}
        for row in self.table.get_each(keys):
            if row is not None:
                state = node_of(row)
                found[row["pk"].removeprefix("env#")][state.name] = state
        return list(found.values())

    def park(self, environment_id: str, name: str, attempt: int, token: str) -> NodeState:
        before = self.table.update(
            node_key(environment_id, name),
            {":token": token, ":attempt": attempt},
            UpdateExpression="SET #token = :token, attempt = :attempt",
            ConditionExpression="attempt <= :attempt",
            ExpressionAttributeNames={"#token": "token"},
        )
        if before is None:
            raise SupersededError(f"a later attempt than {attempt} has taken {name} over")
        return node_of(before)

    def claim(self, environment_id: str, name: str, token: str) -> bool:
        before = self.table.update(
            node_key(environment_id, name),
            {":token": token},
            UpdateExpression="REMOVE #token",
            ConditionExpression="#token = :token",
            ExpressionAttributeNames={"#token": "token"},
        )
        return before is not None

    def replace(
        self, environment_id: str, before: NodeState, after: NodeState, entry: Entry | None = None
    ) -> None:
        fields = node_fields(replace(after, attempt=before.attempt))
        names = {f"#{name}": name for name in fields}
        kept = {name: value for name, value in fields.items() if value is not None}
        gone = [f"#{name}" for name in fields if name not in kept]
        # Another stack than the one its resources were counted of: the count begins again.
        fresh_count = after.submitted_attempt != before.submitted_attempt
        removed = [*gone, *(["done"] if fresh_count else [])]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        update = {
            "Update": {
                "Key": encode_row(node_key(environment_id, before.name)),
                "UpdateExpression": expression + (f" REMOVE {', '.join(removed)}" if removed else ""),
                "ConditionExpression": "#status = :was_status AND #attempt = :was_attempt",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": {
                    **{f":{name}": encode(value) for name, value in kept.items()},
                    ":was_status": encode(before.status.value),
                    ":was_attempt": encode(before.attempt),
                },
            }
        }
        entries = [] if entry is None else [put_write(entry_row(environment_id, entry))]
        self.table.write(update, *entries)

    def resource_made(self, environment_id: str, name: str, resource: str) -> None:
        self._count(environment_id, name, resource, "ADD done :resource")

    def resource_gone(self, environment_id: str, name: str, resource: str) -> None:
        self._count(environment_id, name, resource, "DELETE done :resource")

    def _count(self, environment_id: str, name: str, resource: str, expression: str) -> None:
        """A set, not a number: the same event twice counts once."""
        self.table.update(
            node_key(environment_id, name), {":resource": {resource}}, UpdateExpression=expression
        )
