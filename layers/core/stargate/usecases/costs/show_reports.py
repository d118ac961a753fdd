"""The reports of an environment's costs, with addresses of their files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told
from stargate.domain.paging import NO_MARK
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError

if TYPE_CHECKING:
    from stargate.domain.costs.reports.told import Told
    from stargate.ports.costs import CostReports
    from stargate.ports.state import Environments
    from stargate.ports.world import Clock

LINK_SECONDS = 900


@dataclass(frozen=True)
class ShowReports:
    environments: Environments
    reports: CostReports
    clock: Clock

    def __call__(self, name: str, limit: int, after: str | None) -> dict[str, Any]:
        """The newest first; whoever has one of the addresses can read what is there until it expires."""
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        page = self.reports.page(environment.environment_id, limit, _day(after))
        return {
            "reports": [self._shown(environment.environment_id, one) for one in page.items],
            "expires_at": told(self.clock.now() + LINK_SECONDS),
            "next": page.after,
        }

    def _shown(self, environment_id: str, one: Told) -> dict[str, Any]:
        return {
            "day": one.day.isoformat(),
            "usd": one.usd,
            "month_to_date": one.month_to_date,
            "forecast": one.forecast,
            "made_at": told(one.at),
            "files": {name: self.reports.links(environment_id, name, LINK_SECONDS) for name in one.names},
        }


def _day(after: str | None) -> date | None:
    """Before the first day that there is lies none."""
    try:
        day = None if after is None else date.fromisoformat(after)
    except ValueError as error:
        raise InvalidRequestError([NO_MARK]) from error
    if day == date.min:
        raise InvalidRequestError([NO_MARK])
    return day
