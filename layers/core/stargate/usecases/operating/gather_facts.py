"""Ask AWS for the facts that a decision needs, and for no others: each costs a call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from stargate.domain.environment import Status, Work
from stargate.domain.gateway.secrets import readers_of
from stargate.domain.life.rest import services_of
from stargate.domain.operating.actions.budgets_moved import KEYS
from stargate.domain.operating.facts import FALLING_ASLEEP, Facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.facts import (
        DatabaseServer,
        Delivery,
        KeyBudget,
        Keys,
        Minute,
        Pools,
        QuotaFacts,
        ScalingFacts,
        ServiceFacts,
        Task,
        Zones,
    )
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import (
        ConnectionPools,
        DatabaseServers,
        KeyBudgets,
        KeyProbe,
        Models,
        QuotaRequests,
        ZonalShifts,
    )
    from stargate.ports.gateway import GatewayMetrics, Repose, Scaling, Services
    from stargate.ports.people import Pager
    from stargate.ports.world import Clock

WINDOW_SECONDS = 900.0
MINUTE = 60.0
LITELLM = "litellm"


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
        if found is None:
            return None
        loop = overview.operations.loops.get(subject)
        wanted = loop.wanted.document() if loop and loop.wanted else None
        failure = self.scaling.last_failure(*place) if thorough else None
        return replace(found, failure=failure, steered=found.bounds == wanted)


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
class RunningTasks:
    services: Services

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> tuple[Task, ...]:  # noqa: ARG002
        return self.services.tasks(*place_of(overview, subject))


@dataclass(frozen=True)
class KeysServed:
    keys: KeyProbe

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> Keys | None:  # noqa: ARG002
        """Of LiteLLM only: no other service has keys."""
        if subject != LITELLM:
            return None
        return self.keys.look(overview.environment.region, overview.environment.name)


@dataclass(frozen=True)
class Database:
    servers: DatabaseServers

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> DatabaseServer | None:  # noqa: ARG002
        return self.servers.describe(overview.environment.region, overview.environment.database)


@dataclass(frozen=True)
class ZonesInUse:
    shifts: ZonalShifts

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> Zones | None:  # noqa: ARG002
        environment, balancer = overview.environment, overview.outputs.get("BalancerArn")
        if not balancer:
            return None
        services = services_of(environment.graph)
        return self.shifts.describe(environment.region, environment.cluster, balancer, services)


@dataclass(frozen=True)
class Quota:
    quotas: QuotaRequests

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> QuotaFacts | None:  # noqa: ARG002
        """The one that an open condition of this service names."""
        opened = (one for one in overview.operations.conditions.values() if one.open)
        named = (str(one.facts["quota"]) for one in opened if one.subject == subject and "quota" in one.facts)
        name = next(named, None)
        if name is None:
            return None
        return self.quotas.describe(quota_region(overview, subject), subject, name)


@dataclass(frozen=True)
class PoolSizes:
    pools: ConnectionPools

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> Pools | None:  # noqa: ARG002
        return self.pools.describe(*place_of(overview, subject))


@dataclass(frozen=True)
class Aliases:
    models: Models

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> Mapping[str, str] | None:  # noqa: ARG002
        return self.models.aliases(overview.environment.region, overview.environment.name)


@dataclass(frozen=True)
class BudgetsOfKeys:
    budgets: KeyBudgets

    def __call__(
        self,
        overview: Overview,
        subject: str,  # noqa: ARG002
        *,
        thorough: bool,  # noqa: ARG002
    ) -> Mapping[str, KeyBudget] | None:
        """Of those that we have lowered, too, whatever became of their mark."""
        hold = overview.operations.holds.get(KEYS)
        ours = tuple(hold.target) if hold is not None and hold.live else ()
        return self.budgets.read(overview.environment.region, overview.environment.name, ours)


@dataclass(frozen=True)
class SoundingAlarms:
    alarms: Repose

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> tuple[str, ...]:  # noqa: ARG002
        prefix = f"stargate-{overview.environment.name}-{subject}-"
        return self.alarms.sounding(overview.environment.regions, prefix)


@dataclass(frozen=True)
class Readers:
    services: Services

    def __call__(self, overview: Overview, subject: str, *, thorough: bool) -> dict[str, ServiceFacts]:  # noqa: ARG002
        """Those that run, of the services that read this secret when a task starts."""
        found = {name: self.services.describe(*place_of(overview, name)) for name in readers_of(subject)}
        return {name: service for name, service in found.items() if service is not None and service.desired}


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


def standing(overview: Overview, subject: str, *, thorough: bool) -> str:  # noqa: ARG001
    """Known without a call."""
    environment = overview.environment
    falls = environment.status is Status.UPDATING and environment.work is Work.SLEEP
    return FALLING_ASLEEP if falls else environment.status.value


def quota_region(overview: Overview, service: str) -> str:
    """Where the environment uses the service: its models may be in another region than itself."""
    environment = overview.environment
    return environment.region_of("models") if service == "bedrock" else environment.region


def place_of(overview: Overview, service: str) -> tuple[str, str, str]:
    """Region, cluster and service, as the ports of a running gateway take them."""
    return overview.environment.region, overview.environment.cluster, service
