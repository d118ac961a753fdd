"""Ask AWS for the facts that a decision needs, and for no others: each costs a call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from stargate.domain.operating.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.facts import Delivery, Minute, ScalingFacts, ServiceFacts
    from stargate.domain.operating.operations import Overview
    from stargate.ports.gateway import GatewayMetrics, Scaling, Services
    from stargate.ports.people import Pager
    from stargate.ports.world import Clock

WINDOW_SECONDS = 900.0
MINUTE = 60.0


class Source(Protocol):
    """Where one fact comes from."""

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> Any:
        """Thorough: look also for what costs a call more, as the examination each minute can afford."""
        ...


@dataclass(frozen=True)
class Instruments:
    """`sources` has one for each field of Facts that may be asked for, under the field's name."""

    sources: Mapping[str, Source]

    def gather(
        self, overview: Overview, subject: str, asks: frozenset[str], *, thorough: bool = False
    ) -> Facts:
        return Facts(
            **{name: self.sources[name](overview, subject, thorough=thorough) for name in sorted(asks)}
        )


@dataclass(frozen=True)
class ScalableTarget:
    scaling: Scaling

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> ScalingFacts | None:
        """Thorough: why it failed last, too."""
        place = place_of(overview, subject)
        found = self.scaling.describe(*place)
        if found is None or not thorough:
            return found
        return replace(found, failure=self.scaling.last_failure(*place))


@dataclass(frozen=True)
class RunningService:
    services: Services

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> ServiceFacts | None:  # noqa: ARG002
        return self.services.describe(*place_of(overview, subject))


@dataclass(frozen=True)
class LastMinutes:
    metrics: GatewayMetrics
    clock: Clock

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> tuple[Minute, ...]:  # noqa: ARG002
        until = self.clock.now() // MINUTE * MINUTE
        return self.metrics.minutes(
            overview.environment, overview.outputs, subject, until - WINDOW_SECONDS, until
        )


@dataclass(frozen=True)
class Deliveries:
    pager: Pager
    clock: Clock

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> tuple[Delivery, ...]:  # noqa: ARG002
        now = self.clock.now()
        return self.pager.deliveries(now - WINDOW_SECONDS - MINUTE, now)


def last_stop(overview: Overview, subject: str, *, thorough: bool) -> float | None:  # noqa: ARG001
    """Known without a call: of the newest task of the service that nobody stopped."""
    condition = overview.operations.conditions.get(f"task-stopped#{subject}")
    return condition.stops[-1].at if condition and condition.stops else None


def place_of(overview: Overview, service: str) -> tuple[str, str, str]:
    """Region, cluster and service, as the ports of a running gateway take them."""
    return overview.environment.region, overview.environment.cluster, service
