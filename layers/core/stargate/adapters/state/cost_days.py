"""The days of an environment's costs, a row each; money is text, so that no digit is lost on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.adapters.state.attributes import encode
from stargate.domain.costs.actuals.bill import Billed
from stargate.domain.costs.actuals.day import Day
from stargate.domain.costs.actuals.keys import KeyUse
from stargate.domain.costs.actuals.metering import Metered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table
    from stargate.domain.costs.actuals.month import Month

PREFIX = "cost#day#"
YEARS_KEPT = 3
YEAR = 366 * 86400
UNLESS_CHANGED = "attribute_not_exists(pk) OR version = :version"


@dataclass(frozen=True)
class CostDays:
    table: Table

    def of(self, environment_id: str, month: Month) -> list[Day]:
        values = {":pk": encode(f"env#{environment_id}"), ":days": encode(f"{PREFIX}{month}")}
        rows = self.table.every(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :days)", ExpressionAttributeValues=values
        )
        return [_day(row) for row in rows]

    def get(self, environment_id: str, day: date) -> Day | None:
        row = self.table.get(_key(environment_id, day))
        return None if row is None else _day(row)

    def newest(self, environment_id: str) -> Day | None:
        values = {":pk": encode(f"env#{environment_id}"), ":days": encode(PREFIX)}
        rows, _ = self.table.query(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :days)",
            ExpressionAttributeValues=values,
            ScanIndexForward=False,
            Limit=1,
        )
        return _day(rows[0]) if rows else None

    def put(self, environment_id: str, day: Day) -> None:
        """ConflictError if somebody has written it since it was read."""
        row = {
            **_key(environment_id, day.day),
            "since": day.since,
            "until": day.until,
            "metered": _kept(day.metered),
            "seen": _texts(day.seen),
            "measures": _texts(day.measures),
            "used_by": _kept(day.keys),
            "billed": None if day.billed is None else _kept(day.billed),
            "billed_at": day.billed_at,
            "version": day.version + 1,
            "expires_at": round(day.since) + YEARS_KEPT * YEAR,
        }
        self.table.put_if(row, UNLESS_CHANGED, {":version": day.version})


def _key(environment_id: str, day: date) -> Row:
    return {"pk": f"env#{environment_id}", "sk": f"{PREFIX}{day.isoformat()}"}


def _texts(numbers: Mapping[str, Decimal]) -> str:
    return json.dumps({name: str(value) for name, value in numbers.items()})


def _numbers(text: str) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in json.loads(text).items()}


def _kept(items: Iterable[Any]) -> str:
    return json.dumps([[_plain(getattr(item, field.name)) for field in fields(item)] for item in items])


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _found(kind: Any, text: str) -> tuple[Any, ...]:
    names = fields(kind)
    return tuple(
        kind(
            *(
                Decimal(value) if field.type == "Decimal" else value
                for field, value in zip(names, row, strict=True)
            )
        )
        for row in json.loads(text)
    )


def _day(row: Row) -> Day:
    return Day(
        date.fromisoformat(row["sk"].removeprefix(PREFIX)),
        row["since"],
        row["until"],
        _found(Metered, row["metered"]),
        _numbers(row["seen"]),
        _found(KeyUse, row["used_by"]),
        _found(Billed, row["billed"]) if "billed" in row else None,
        row.get("billed_at"),
        _numbers(row["measures"]),
        row["version"],
    )
