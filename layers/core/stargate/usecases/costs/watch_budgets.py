"""Every ten minutes: what each environment has spent of its budget, and whether the budget will hold.

What changes is taken as any other signal is: the playbook says what is to be done about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.costs.actuals.month import Month
from stargate.domain.costs.budget_news import KIND, SUBJECT, budget_news
from stargate.domain.environment import Status
from stargate.domain.signals.signal import Severity, Signal, Turn
from stargate.usecases.each_environment import every, in_turn

if TYPE_CHECKING:
    from stargate.domain.costs.budget_news import News
    from stargate.domain.environment import Environment
    from stargate.ports.state import Environments, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.costs.state_costs import StateCosts
    from stargate.usecases.operating.take_signal import TakeSignal

WATCHED = frozenset({Status.READY, Status.DEGRADED})


@dataclass(frozen=True)
class WatchBudgets:
    environments: Environments
    operations: OperationsRows
    state: StateCosts
    take: TakeSignal
    clock: Clock

    def __call__(self) -> dict[str, str]:
        """What was told of which environment; failures are raised when all have had their turn."""
        watched = (one for one in every(self.environments) if one.status in WATCHED and not one.is_at_rest)
        return in_turn(watched, self._look, "not every budget could be watched")

    def _look(self, environment: Environment) -> str:
        known = self.operations.by_id(environment.environment_id).operations.conditions
        condition = known.get(f"{KIND}#{SUBJECT}")
        budget = environment.budget
        if (budget is None or budget.monthly is None) and (condition is None or not condition.open):
            return ""
        month = Month.at(self.clock.now())
        number = self.state.of(environment, month).document()["number"]
        told = list(budget_news(number, str(month), budget, condition))
        for news in told:
            self.take.take(self._signal(environment, news))
        return ", ".join(f"{one.source}{'' if one.severity else ' no more'}" for one in told)

    def _signal(self, environment: Environment, news: News) -> Signal:
        now = self.clock.now()
        return Signal(
            event_id=f"budget of {environment.environment_id} at {now:.3f}: {news.source}",
            at=now,
            environment=environment.name,
            kind=KIND,
            subject=SUBJECT,
            severity=news.severity or Severity.INFO,
            turn=Turn.OPENS if news.severity else Turn.CLOSES,
            source=news.source,
            region=environment.region,
            facts=news.facts,
        )
