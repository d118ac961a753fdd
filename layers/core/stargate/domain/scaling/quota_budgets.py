"""What each environment may use of the quotas of one region, as the watch left it for the outer loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.scaling.quota_watch import UseMinute, Watched

LATE_SECONDS = 300.0  # a budget that old is nobody's word any more


@dataclass(frozen=True)
class Budgets:
    """Tokens a second that each environment may burn, by its name and the model's served name.

    `watched` is what it rests on, by the served name.
    """

    at: float = 0.0
    tokens: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    watched: Mapping[str, Watched] = field(default_factory=dict)

    def of(self, environment: str, now: float) -> Mapping[str, float]:
        """Nothing where nobody has told for minutes."""
        return {} if self.is_late(now) else self.tokens.get(environment, {})

    def is_late(self, now: float) -> bool:
        return now - self.at > LATE_SECONDS


def admitted_per_second(
    use: Mapping[str, UseMinute], budgets: Mapping[str, float], burndowns: Mapping[str, float]
) -> float | None:
    """Requests a second that the quotas let through of what was asked last; None where nothing is told.

    Of a model without a budget all that was asked.
    """
    if not budgets or not use:
        return None
    return sum(
        _admitted(minute, budgets.get(model), burndowns.get(model, 1.0)) for model, minute in use.items()
    )


def _admitted(minute: UseMinute, budget: float | None, burndown: float) -> float:
    """What was answered tells what a request burns; what was throttled or turned away was asked for, too."""
    asked = (minute.requests + minute.throttles + minute.refused) / 60.0
    if budget is None or not minute.requests:
        return asked
    each = minute.burnt(burndown) / minute.requests
    return min(asked, budget / each) if each else asked
