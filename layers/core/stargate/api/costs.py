"""The routes of an environment's costs and of their reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.api.problems import Reply
from stargate.api.requests import checked, refuse
from stargate.domain.costs.money import plain
from stargate.domain.faults import Fault

if TYPE_CHECKING:
    from stargate.api.requests import Query
    from stargate.usecases.costs.show_reports import ShowReports
    from stargate.usecases.costs.state_costs import StateCosts


@dataclass(frozen=True)
class CostsApi:
    state: StateCosts
    reports: ShowReports

    def show_costs(self, name: str, query: Query) -> Reply:
        refuse([Fault(f"?{one}", "is not known", "one of month") for one in sorted(query) if one != "month"])
        return Reply(200, plain(self.state.of_name(name, query.get("month"))))

    def show_reports(self, name: str, query: Query) -> Reply:
        limit = checked(query, ("limit", "next"))
        return Reply(200, plain(self.reports(name, limit, query.get("next"))))
