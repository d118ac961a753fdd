"""Each hour: have the costs of every environment reported whose newest day is over and was not told of yet.

A report that failed is so begun again an hour later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.costs.actuals.month import DAY, day_of
from stargate.domain.costs.reports.periods import day_that_is_due
from stargate.domain.environment import Status
from stargate.usecases.each_environment import every, in_turn

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.costs import CostDays, CostReports
    from stargate.ports.state import Environments
    from stargate.ports.workflows import Reporting
    from stargate.ports.world import Clock

HOUR = 3600
LAST_OF_IT = 40 * DAY  # so long the last bill of one that is gone is waited for


@dataclass(frozen=True)
class OrderReports:
    environments: Environments
    days: CostDays
    reports: CostReports
    workflow: Reporting
    clock: Clock

    def __call__(self) -> dict[str, str]:
        """Environment to the day that is being reported, of those where one was due."""
        now = self.clock.now()
        told_of = (one for one in every(self.environments) if _is_told_of(one, now))
        return in_turn(told_of, self._order, "not every environment's costs could be reported")

    def _order(self, environment: Environment) -> str:
        now, identifier = self.clock.now(), environment.environment_id
        day = day_that_is_due(now)
        if day < day_of(environment.created_at) or self.reports.get(identifier, day) is not None:
            return ""
        if self.days.get(identifier, day) is None and environment.status is Status.RETIRED:
            return ""  # nothing of it was there any more
        hour = int(now % DAY // HOUR)
        payload = {"environment_id": identifier, "day": day.isoformat()}
        self.workflow.start(f"{identifier}-{day}-{hour:02d}", payload)
        return day.isoformat()


def _is_told_of(environment: Environment, now: float) -> bool:
    return environment.status is not Status.RETIRED or environment.updated_at > now - LAST_OF_IT
