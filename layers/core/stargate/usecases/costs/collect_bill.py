"""Read what AWS bills for an environment, and lay it beside what was metered.

Days of a bill come late and are restated until the month is closed: so the whole of this month is read again,
and the last one in the first days of this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.bill import beside_of, use_of
from stargate.domain.costs.actuals.cost_explorer import UnreadableBillError, rows_of
from stargate.domain.costs.actuals.day import Day
from stargate.domain.costs.actuals.month import Month, day_of, midnight
from stargate.domain.costs.money import cents
from stargate.domain.environment import Status
from stargate.errors import AwsDeniedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from stargate.domain.costs.actuals.bill import Billed
    from stargate.domain.environment import Environment
    from stargate.ports.costs import Bills, CostDays
    from stargate.ports.state import Environments
    from stargate.ports.world import Clock

CLOSING_DAYS = 7  # AWS closes a month some days after its end


@dataclass(frozen=True)
class CollectBill:
    environments: Environments
    bills: Bills
    days: CostDays
    clock: Clock

    def __call__(self, environment_id: str) -> dict[str, Any]:
        """How many days AWS tells of, their sum, and which were told otherwise before.

        `failed` says why there is nothing to read, or nothing; a throttle is raised, since it passes.
        """
        environment = self.environments.get(environment_id)
        since, until = self._window(environment)
        try:
            found = self._billed(environment, since, until)
        except (AwsDeniedError, UnreadableBillError) as error:
            return {"failed": str(error), "days": 0, "usd": "0.00", "restated": {}, "tag_is_active": None}
        return {"failed": "", **self._kept(environment, found), "tag_is_active": self.bills.tag_is_active()}

    def _kept(self, environment: Environment, found: Mapping[date, Sequence[Billed]]) -> dict[str, Any]:
        restated = {}
        for day, lines in sorted(found.items()):
            before = self._keep(environment, day, lines)
            if before is not None and before != _sum(lines):
                restated[day.isoformat()] = f"{before} -> {_sum(lines)}"
        sums = (_sum(lines) for lines in found.values())
        return {"days": len(found), "usd": str(sum(sums, Decimal("0.00"))), "restated": restated}

    def _window(self, environment: Environment) -> tuple[date, date]:
        """Up to today, whose bill is never whole, and without it: AWS refuses an empty time."""
        now = self.clock.now()
        today, month = day_of(now), Month.at(now)
        first = month.before.days[0] if today.day <= CLOSING_DAYS else month.days[0]
        until = max(today, first + timedelta(days=1))
        if environment.status is not Status.RETIRED:
            return first, until
        gone = day_of(environment.updated_at) + timedelta(days=1)  # its name may be another's since
        return min(first, gone - timedelta(days=1)), min(until, gone)

    def _billed(self, environment: Environment, since: date, until: date) -> Mapping[date, list[Billed]]:
        """Days of which AWS tells nothing are left out: nothing told is not nothing charged."""
        name = environment.name
        used = use_of(rows_of(self.bills.use(name, since, until)))
        beside = beside_of(rows_of(self.bills.beside(name, since, until)))
        begun = day_of(environment.created_at)  # the name may have been another's before
        return {day: [*used.get(day, []), *beside.get(day, [])] for day in {**used, **beside} if day >= begun}

    def _keep(self, environment: Environment, day: date, lines: Sequence[Billed]) -> Decimal | None:
        """What the day had been billed before, or None if it had not."""
        identifier = environment.environment_id
        known = self.days.get(identifier, day) or Day(day, midnight(day), midnight(day))
        self.days.put(identifier, known.with_bill(lines, self.clock.now()))
        return None if known.billed is None else _sum(known.billed)


def _sum(lines: Sequence[Billed]) -> Decimal:
    return cents(sum((line.unblended for line in lines), Decimal(0)))
