"""The rows of what is going on: read in one query, written in one transaction with the ledger's entries."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from stargate.adapters.refusals import named
from stargate.adapters.state.attributes import encode
from stargate.adapters.state.incident_rows import ended_row
from stargate.adapters.state.operation_rows import (
    OPEN,
    OPERATIONS,
    environment_of_open,
    operation_row,
    operations_of,
)
from stargate.adapters.state.playbooks import own_of, playbook_key
from stargate.adapters.state.rows import entry_row, environment_key, environment_of, name_key, node_key
from stargate.domain.operating.incidents import Incident
from stargate.domain.operating.operations import Overview
from stargate.domain.operating.switch import Switch
from stargate.domain.playbook.own import in_force
from stargate.domain.provisioning.progress import NodeStatus
from stargate.errors import AlreadyRecordedError, ConflictError, EnvironmentNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table
    from stargate.domain.operating.operations import Change, Operations

SWITCH_KEY = {"pk": "control", "sk": "switch"}


@dataclass(frozen=True)
class OperationsTable:
    table: Table

    def by_name(self, name: str) -> Overview | None:
        with named("GetItem"):
            held = self.table.get(name_key(name))
        return self._overview(held["id"]) if held else None

    def by_id(self, environment_id: str) -> Overview:
        overview = self._overview(environment_id)
        if overview is None:
            raise EnvironmentNotFoundError(f"there is no environment with id {environment_id}")
        return overview

    def record(self, environment_id: str, change: Change) -> None:
        rows = [_as_read(operation_row(environment_id, row), row.version) for row in change.rows]
        ended = (row for row in change.rows if isinstance(row, Incident) and not row.open)
        rows += [_as_read(ended_row(environment_id, row), 0) for row in ended]
        entries = [_as_read(entry_row(environment_id, entry), 0) for entry in change.entries]
        if not rows and not entries:
            return
        with named("TransactWriteItems"):
            refused = self.table.write_unless([*rows, *entries])
        if any(refused[len(rows) :]):
            raise AlreadyRecordedError("the ledger has an entry of this change already")
        if any(refused):
            raise ConflictError("a row of this change is not as it was read")

    def open_environments(self) -> list[str]:
        with named("Query"):
            rows = self.table.every(
                IndexName="gsi1",
                KeyConditionExpression="gsi1pk = :open",
                ExpressionAttributeValues={":open": encode(OPEN)},
                ProjectionExpression="gsi1sk",
            )
        return list(dict.fromkeys(environment_of_open(row) for row in rows))

    def _overview(self, environment_id: str) -> Overview | None:
        keys = [
            environment_key(environment_id),
            node_key(environment_id, "balancer"),
            SWITCH_KEY,
            playbook_key(environment_id),
        ]
        with named("BatchGetItem"):
            environment, balancer, switch, playbook = self.table.get_each(keys)
        if environment is None:
            return None
        return Overview(
            environment_of(environment),
            _outputs_of(balancer),
            _switch_of(switch),
            self._operations(environment_id),
            in_force(own_of(playbook)),
        )

    def _operations(self, environment_id: str) -> Operations:
        values = {":pk": encode(f"env#{environment_id}"), ":operations": encode(OPERATIONS)}
        with named("Query"):
            rows = self.table.every(
                KeyConditionExpression="pk = :pk AND begins_with(sk, :operations)",
                ExpressionAttributeValues=values,
                ConsistentRead=True,
            )
        return operations_of(rows)


@dataclass(frozen=True)
class SwitchRow:
    table: Table

    def read(self) -> Switch:
        with named("GetItem"):
            return _switch_of(self.table.get(SWITCH_KEY))

    def turn(self, switch: Switch) -> None:
        with named("PutItem"):
            self.table.put({**SWITCH_KEY, **asdict(switch)})


def _as_read(row: Row, version: int) -> Row:
    """The row to put, and the condition that nobody has written it since."""
    if version == 0:
        return {"row": row, "condition": "attribute_not_exists(pk)"}
    return {"row": row, "condition": "#version = :version", "values": {":version": version}}


def _outputs_of(balancer: Row | None) -> Mapping[str, str]:
    if balancer is None or balancer["status"] != NodeStatus.STANDING:
        return {}
    outputs: Mapping[str, str] = balancer.get("outputs", {})
    return outputs


def _switch_of(row: Row | None) -> Switch:
    if row is None:
        return Switch()
    return Switch(row["on"], row.get("reason", ""), row.get("actor", ""), row.get("at"))
