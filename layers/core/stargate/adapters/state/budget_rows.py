"""What each environment may use of a region's quotas: one row, written by the watch and read by the loop."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from stargate.adapters.refusals import named
from stargate.domain.scaling.quota_budgets import Budgets
from stargate.domain.scaling.quota_watch import Level, Limit, Watched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.adapters.state.node_rows import NodeRows
    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table


@dataclass(frozen=True)
class QuotaBudgetRows:
    table: Table

    def read(self, region: str) -> Budgets:
        with named("GetItem"):
            row = self.table.get(_key(region))
        if not row:
            return Budgets()
        watched = {model: _watched(one) for model, one in row.get("watched", {}).items()}
        return Budgets(row["at"], row["tokens"], watched)

    def write(self, region: str, budgets: Budgets) -> None:
        watched = {model: {**asdict(one), "level": int(one.level)} for model, one in budgets.watched.items()}
        with named("PutItem"):
            self.table.put({**_key(region), **asdict(budgets), "watched": watched})


def _watched(row: Row) -> Watched:
    """What is None is not written."""
    plain = {"minutes_left": None, "shares": {}, **row}
    return Watched(**{**plain, "limit": Limit(**row["limit"]), "level": Level(int(row["level"]))})


def _key(region: str) -> dict[str, str]:
    return {"pk": "control", "sk": f"budgets#{region}"}


@dataclass(frozen=True)
class ModelProfiles:
    """From the outputs of the environment's stack `models`."""

    nodes: NodeRows

    def of(self, environment_id: str) -> Mapping[str, str]:
        state = self.nodes.all(environment_id).get("models")
        outputs = state.outputs if state else {}
        named_ids = {
            model: outputs.get(f"{model.capitalize()}ProfileId") for model in ("haiku", "sonnet", "opus")
        }
        return {model: identifier for model, identifier in named_ids.items() if identifier}
