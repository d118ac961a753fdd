"""The route of an environment's costs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.api.problems import Reply
from stargate.api.requests import refuse
from stargate.domain.faults import Fault

if TYPE_CHECKING:
    from stargate.api.requests import Query
    from stargate.usecases.costs.state_costs import StateCosts


@dataclass(frozen=True)
class CostsApi:
    state: StateCosts

    def show_costs(self, name: str, query: Query) -> Reply:
        refuse([Fault(f"?{one}", "is not known", "one of month") for one in sorted(query) if one != "month"])
        return Reply(200, plain(self.state.of_name(name, query.get("month"))))


def plain(value: Any) -> Any:
    """JSON has no decimals: the shortest form of a float prints the very digits of an amount of cents."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
