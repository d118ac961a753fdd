"""Every few minutes: what each environment has used since the last time, at the price it had.

What was metered is written with the moment up to which it was, on the condition that nobody else wrote: so a
second call, or one that was cut off, counts nothing twice and leaves nothing out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from stargate.domain.costs.actuals.day import Day
from stargate.domain.costs.actuals.metering import COUNTED, KEYS_HOURS, completed, metered, metered_line
from stargate.domain.costs.actuals.month import DAY, Month, day_of, intervals, midnight
from stargate.domain.costs.control_plane import control_plane_lines
from stargate.domain.environment import Status
from stargate.domain.moments import told
from stargate.domain.provisioning.progress import NodeStatus
from stargate.errors import ConflictError
from stargate.usecases.each_environment import every, in_turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.costs.actuals.keys import KeyUse
    from stargate.domain.costs.actuals.metering import Metered
    from stargate.domain.costs.actuals.month import Interval
    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.environment import Environment
    from stargate.domain.provisioning.progress import States
    from stargate.ports.costs import CostDays, KeyUses, Prices, Usage
    from stargate.ports.provisioning import Manifests
    from stargate.ports.state import Environments, Nodes
    from stargate.ports.world import Clock

MINUTE = 60.0
SETTLED = 5 * MINUTE  # until metrics of a minute have come, Container Insights' and Bedrock's among them
STEP = 10 * MINUTE  # each look costs what CloudWatch takes for forty metrics
FURTHEST_BACK = 14 * DAY  # CloudWatch keeps minutes for 15 days


@dataclass(frozen=True)
class MeterUse:
    environments: Environments
    nodes: Nodes
    manifests: Manifests
    usage: Usage
    prices: Prices
    days: CostDays
    clock: Clock
    keys: KeyUses

    def __call__(self) -> dict[str, str]:
        """Up to when each environment was metered; what went wrong is raised when all have had their turn."""
        # Those that are being made, changed or removed as well: what stands of them is paid.
        standing = [one for one in every(self.environments) if one.status is not Status.RETIRED]
        return in_turn(
            standing, lambda one: self.meter(one, len(standing)), "not every environment could be metered"
        )

    def meter(self, environment: Environment, sharers: int = 1) -> str:
        """Days from the oldest that is due on, one write for each; "" if it is too early.

        `sharers` is how many environments share the control plane.
        """
        newest = self.days.newest(environment.environment_id)
        since = self._since(environment, newest)
        until = (self.clock.now() - SETTLED) // MINUTE * MINUTE
        if until - since < STEP:
            return ""
        states = self.nodes.all(environment.environment_id)
        known: Mapping[str, Decimal] = newest.measures if newest else {}
        for interval in intervals(since, until):
            measured = self._measured(environment, states, interval)
            known = {**known, **measured}
            lines = self._lines(environment, states, interval, completed(measured, known))
            lines += _own(self.prices.book(), sharers, interval)
            seen = {name: measured.get(name, Decimal(0)) for name in COUNTED}
            used = self._used_by(environment, states, interval)
            seen[KEYS_HOURS] = Decimal(0) if used is None else interval.hours
            self._keep(environment, interval, lines, seen, known, used or ())
        return f"up to {told(until)}"

    def _since(self, environment: Environment, newest: Day | None) -> float:
        if newest is not None:
            return newest.until
        begun = environment.created_at // MINUTE * MINUTE
        return max(begun, midnight(day_of(self.clock.now() - FURTHEST_BACK)))

    def _measured(
        self, environment: Environment, states: States, interval: Interval
    ) -> Mapping[str, Decimal]:
        outputs = {name: value for state in states.values() for name, value in state.outputs.items()}
        return self.usage.measure(environment, outputs, interval)

    def _lines(
        self,
        environment: Environment,
        states: States,
        interval: Interval,
        measured: Mapping[str, Decimal],
    ) -> list[Metered]:
        made = (environment, self.manifests.read(environment.gateway_version))
        return metered(made, _stacks(states), interval, measured, self.prices.book())

    def _used_by(
        self, environment: Environment, states: States, interval: Interval
    ) -> Sequence[KeyUse] | None:
        """Nobody is asked of a gateway at rest, which nobody uses; nor where there is no observer."""
        if environment.is_at_rest:
            return ()
        return self.keys.used(environment, interval) if "observer" in _stacks(states) else None

    def _keep(
        self,
        environment: Environment,
        interval: Interval,
        lines: Sequence[Metered],
        seen: Mapping[str, Decimal],
        measures: Mapping[str, Decimal],
        used: Sequence[KeyUse],
    ) -> None:
        """On the day as it was metered up to the interval: whoever was faster has counted it already."""
        known = self.days.get(environment.environment_id, interval.day)
        day = known or Day(interval.day, interval.since, interval.since)
        if day.until > interval.since:
            raise ConflictError(f"{interval.day} of {environment.name} was metered meanwhile")
        metered = day.with_metered(lines, interval.until, seen, measures)
        self.days.put(environment.environment_id, metered.with_keys(used))


def _own(book: PriceBook, sharers: int, interval: Interval) -> list[Metered]:
    """Its share of the control plane."""
    months = interval.hours / Month.at(interval.since).hours
    return [metered_line(line) for line in control_plane_lines(book, sharers, months)]


def _stacks(states: States) -> frozenset[str]:
    """The stacks that stand, or stood and are being changed or removed."""
    gone = {NodeStatus.WAITING, NodeStatus.GONE}
    return frozenset(
        name for name, state in states.items() if state.stood_at is not None and state.status not in gone
    )
