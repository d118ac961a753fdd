"""What the outer loop keeps, read from its row: values within values, which rows have as plain maps."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from stargate.domain.scaling.demand import Count, ModelCount, TaskCount, Usual
from stargate.domain.scaling.loop_state import LoopState, Move
from stargate.domain.scaling.outer_loop import Bounds, Memory, Minute
from stargate.domain.scaling.quota_watch import UseMinute
from stargate.domain.scaling.service_model import RequestFigures

if TYPE_CHECKING:
    from stargate.adapters.state.rows import Row


def loop_state(row: Row) -> LoopState:
    plain = _of(LoopState, row)
    nested = {
        "wanted": _maybe(Bounds, row.get("wanted")),
        "memory": _memory(row["memory"]),
        "count": _count(row["count"]) if row.get("count") else None,
        "usual": _usual(row["usual"]),
        "use": {model: UseMinute(**_of(UseMinute, one)) for model, one in row.get("use", {}).items()},
        "move": _move(row["move"]) if row.get("move") else None,
    }
    return LoopState(**{**plain, **nested})


def _memory(row: Row) -> Memory:
    return Memory(
        **{**_of(Memory, row), "minutes": tuple(Minute(**_of(Minute, one)) for one in row["minutes"])}
    )


def _count(row: Row) -> Count:
    return Count(row["at"], {address: _task(task) for address, task in row["tasks"].items()})


def _task(row: Row) -> TaskCount:
    models = {name: ModelCount(**_of(ModelCount, count)) for name, count in row["models"].items()}
    return TaskCount(row["in_flight"], models)


def _usual(row: Row) -> Usual:
    return Usual(**{**_of(Usual, row), "request": RequestFigures(**_of(RequestFigures, row["request"]))})


def _move(row: Row) -> Move:
    bounds = {name: Bounds(**_of(Bounds, row[name])) for name in ("bounds", "before")}
    return Move(**{**_of(Move, row), **bounds})


def _maybe(kind: Any, row: Row | None) -> Any:
    return None if row is None else kind(**_of(kind, row))


def _of(kind: Any, row: Row) -> dict[str, Any]:
    """What the row has of the fields of `kind`: what is None is not written."""
    return {field.name: row[field.name] for field in fields(kind) if field.name in row}
