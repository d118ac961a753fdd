"""Reports of costs: a row for each day that was told of, and its files in the bucket under reports/."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client, signing_client
from stargate.adapters.state.attributes import encode
from stargate.adapters.state.cost_days import YEAR, YEARS_KEPT
from stargate.domain.costs.money import plain
from stargate.domain.costs.reports.told import Told
from stargate.domain.paging import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table

PREFIX = "cost#report#"
CONTENT_TYPES = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


@dataclass(frozen=True)
class CostReports:
    table: Table
    bucket: str

    def get(self, environment_id: str, day: date) -> Told | None:
        row = self.table.get(_key(environment_id, day))
        return None if row is None else _told(row)

    def page(self, environment_id: str, limit: int, before: date | None) -> Page[Told]:
        last = "~" if before is None else (before - timedelta(days=1)).isoformat()
        values = {":pk": f"env#{environment_id}", ":first": PREFIX, ":last": f"{PREFIX}{last}"}
        rows, more = self.table.query(
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={name: encode(value) for name, value in values.items()},
            ScanIndexForward=False,
            Limit=limit,
        )
        found = tuple(_told(row) for row in rows)
        return Page(found, found[-1].day.isoformat() if more and found else None)

    def put(self, environment_id: str, told: Told) -> None:
        self.table.put(
            {
                **_key(environment_id, told.day),
                "names": list(told.names),
                **{name: str(getattr(told, name)) for name in ("usd", "month_to_date", "forecast")},
                "at": told.at,
                "expires_at": round(told.at) + YEARS_KEPT * YEAR,
            }
        )

    def keep(self, environment_id: str, name: str, files: Mapping[str, Any]) -> None:
        for ending, content in files.items():
            text = content if isinstance(content, str) else json.dumps(plain(content), indent=1)
            client("s3").put_object(
                Bucket=self.bucket,
                Key=_file(environment_id, name, ending),
                Body=text.encode(),
                ContentType=CONTENT_TYPES[ending],
            )

    def links(self, environment_id: str, name: str, seconds: int) -> dict[str, str]:
        return {ending: self._link(_file(environment_id, name, ending), seconds) for ending in CONTENT_TYPES}

    def _link(self, key: str, seconds: int) -> str:
        asked = {"Bucket": self.bucket, "Key": key}
        return str(signing_client("s3").generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds))


def _key(environment_id: str, day: date) -> Row:
    return {"pk": f"env#{environment_id}", "sk": f"{PREFIX}{day.isoformat()}"}


def _file(environment_id: str, name: str, ending: str) -> str:
    return f"reports/{environment_id}/{name}.{ending}"


def _told(row: Row) -> Told:
    usd, upto, forecast = (Decimal(row[name]) for name in ("usd", "month_to_date", "forecast"))
    day = date.fromisoformat(row["sk"].removeprefix(PREFIX))
    return Told(day, tuple(row["names"]), usd, upto, forecast, row["at"])
