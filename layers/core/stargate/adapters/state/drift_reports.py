"""The latest examination for drift, one row of each environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.life.drift.report import Report
from stargate.errors import ConflictError

if TYPE_CHECKING:
    from stargate.adapters.state.table import Table

LATEST = "execution = :execution"


def _key(environment_id: str) -> dict[str, Any]:
    return {"pk": f"env#{environment_id}", "sk": "drift"}


@dataclass(frozen=True)
class ReportRows:
    table: Table

    def get(self, environment_id: str) -> Report | None:
        row = self.table.get(_key(environment_id))
        return None if row is None else Report.from_document(row)

    def begin(self, environment_id: str, report: Report, before: Report | None) -> None:
        if before is None:
            self._put(environment_id, report, "attribute_not_exists(pk)", {})
        else:
            self._put(environment_id, report, LATEST, {":execution": before.execution})

    def put(self, environment_id: str, report: Report) -> None:
        self._put(environment_id, report, LATEST, {":execution": report.execution})

    def _put(self, environment_id: str, report: Report, condition: str, values: dict[str, Any]) -> None:
        row = {**_key(environment_id), **report.document()}
        refused = self.table.write_unless([{"row": row, "condition": condition, "values": values}])
        if any(refused):
            raise ConflictError(f"drift of {environment_id} is examined by somebody else by now")
