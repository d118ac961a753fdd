"""How long the parts of each preset took in this account, a row for each preset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.adapters.state.rows import history_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.adapters.state.table import Table


@dataclass(frozen=True)
class HistoryRows:
    table: Table

    def of(self, preset: str) -> dict[str, list[float]]:
        row = self.table.get(history_key(preset))
        return dict(row["seconds"]) if row else {}

    def keep(self, preset: str, history: Mapping[str, list[float]]) -> None:
        self.table.put({**history_key(preset), "seconds": dict(history)})
