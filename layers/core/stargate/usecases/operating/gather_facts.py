"""Ask AWS for the facts that a decision needs, and for no others: each costs a call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.operating.facts import Facts, ScalingFacts

if TYPE_CHECKING:
    from stargate.domain.operating.facts import Minute
    from stargate.domain.operating.operations import Overview
    from stargate.ports.gateway import GatewayMetrics, Scaling, Services
    from stargate.ports.world import Clock

WINDOW_SECONDS = 900.0
MINUTE = 60.0


@dataclass(frozen=True)
class Instruments:
    scaling: Scaling
    services: Services
    metrics: GatewayMetrics
    clock: Clock

    def gather(
        self, overview: Overview, service: str, asks: frozenset[str], *, thorough: bool = False
    ) -> Facts:
        """`asks` names any of scaling, service, metrics; others are for the caller.

        Thorough also asks why scaling failed last.
        """
        environment = overview.environment
        place = (environment.region, environment.cluster, service)
        scaling = self._scaling(place, thorough=thorough) if "scaling" in asks else None
        found = self.services.describe(*place) if "service" in asks else None
        return Facts(scaling, found, self._minutes(overview, service) if "metrics" in asks else ())

    def _scaling(self, place: tuple[str, str, str], *, thorough: bool) -> ScalingFacts | None:
        found = self.scaling.describe(*place)
        if found is None or not thorough:
            return found
        return replace(found, failure=self.scaling.last_failure(*place))

    def _minutes(self, overview: Overview, service: str) -> tuple[Minute, ...]:
        until = self.clock.now() // MINUTE * MINUTE
        return self.metrics.minutes(
            overview.environment, overview.outputs, service, until - WINDOW_SECONDS, until
        )
