"""Each hour: have the costs of every environment reported of days that are over, metered and not told of yet.

A report that failed is so begun again an hour later, and what was missed because nobody was there to order it
is made up for at the next look, up to a fortnight back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.costs.actuals.month import DAY, day_of, midnight
from stargate.domain.costs.reports.periods import days_that_are_due
from stargate.domain.environment import Status
from stargate.usecases.each_environment import every, in_turn

if TYPE_CHECKING:
    from datetime import date

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
        """Environment to the days that are being reported, of those where some were due."""
        now = self.clock.now()
        told_of = (one for one in every(self.environments) if _is_told_of(one, now))
        return in_turn(told_of, self._order, "not every environment's costs could be reported")

    def _order(self, environment: Environment) -> str:
        now, identifier = self.clock.now(), environment.environment_id
        due = days_that_are_due(now)
        known = {one.day for one in self.reports.page(identifier, len(due), None).items}
        begun = day_of(environment.created_at)
        missing = [day for day in due if day >= begun and day not in known]
        ordered = self._known_whole(environment, missing)
        for day in ordered:
            payload = {"environment_id": identifier, "day": day.isoformat()}
            self.workflow.start(_execution(identifier, day, now, is_late=day != due[-1]), payload)
        return ", ".join(map(str, ordered))

    def _known_whole(self, environment: Environment, days: list[date]) -> list[date]:
        """What is not metered to its end waits until it is; of one that is gone there is no more to come."""
        identifier = environment.environment_id
        if environment.status is Status.RETIRED:
            return [day for day in days if self.days.get(identifier, day) is not None]
        newest = self.days.newest(identifier) if days else None
        return [day for day in days if newest is not None and newest.until >= midnight(day) + DAY]


def _execution(identifier: str, day: date, now: float, *, is_late: bool) -> str:
    """One an hour for the newest day, and one a day for a late one: what fails is begun again so often."""
    return f"{identifier}-{day}-" + (f"on-{day_of(now)}" if is_late else f"{int(now % DAY // HOUR):02d}")


def _is_told_of(environment: Environment, now: float) -> bool:
    return environment.status is not Status.RETIRED or environment.updated_at > now - LAST_OF_IT
