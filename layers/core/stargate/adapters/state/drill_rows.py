"""The drills of an environment, a row each: its workflow's branches write different fields of it at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from stargate.adapters.state.attributes import encode
from stargate.domain.drills.drill import Drill, DrillStatus
from stargate.domain.drills.kinds import Kind
from stargate.errors import DrillNotFoundError

if TYPE_CHECKING:
    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table

LISTS = ("assumptions", "broken", "deeds", "preconditions", "statuses", "muted")


@dataclass(frozen=True)
class DrillRows:
    table: Table

    def get(self, environment_id: str, drill_id: str) -> Drill:
        row = self.table.get(_key(environment_id, drill_id))
        if row is None:
            raise DrillNotFoundError(f"there is no drill {drill_id}")
        return _drill(row)

    def all(self, environment_id: str) -> list[Drill]:
        return self.since(environment_id, 0.0)

    def since(self, environment_id: str, at: float) -> list[Drill]:
        """Their ids begin with the moment, to the millisecond, so that they sort by time."""
        first = f"drill#{max(0, round(at * 1000)):013d}"
        bounds = {":pk": f"env#{environment_id}", ":first": first, ":last": "drill#~"}
        rows = self.table.every(
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={name: encode(value) for name, value in bounds.items()},
            ConsistentRead=True,  # by what other drills hold it is decided what this one may
        )
        return [_drill(row) for row in rows]

    def put(self, drill: Drill) -> None:
        given = {field.name: _plain(getattr(drill, field.name)) for field in fields(Drill)}
        kept = {name: value for name, value in given.items() if value is not None}
        self.table.put({**_key(drill.environment_id, drill.drill_id), **kept})

    def set(self, drill: Drill, *names: str) -> None:
        values = {name: _plain(getattr(drill, name)) for name in names}
        kept = [name for name, value in values.items() if value is not None]
        gone = [name for name, value in values.items() if value is None]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept) if kept else ""
        removed = f" REMOVE {', '.join(f'#{name}' for name in gone)}" if gone else ""
        self.table.update(
            _key(drill.environment_id, drill.drill_id),
            {f":{name}": values[name] for name in kept},
            UpdateExpression=(expression + removed).strip(),
            ExpressionAttributeNames={f"#{name}": name for name in names},
        )


def _key(environment_id: str, drill_id: str) -> Row:
    return {"pk": f"env#{environment_id}", "sk": f"drill#{drill_id}"}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _drill(row: Row) -> Drill:
    known = {field.name: row[field.name] for field in fields(Drill) if field.name in row}
    return Drill(
        **{
            **known,
            "kind": Kind(row["kind"]),
            "status": DrillStatus(row["status"]),
            **{name: tuple(row.get(name, ())) for name in LISTS},
        }
    )
