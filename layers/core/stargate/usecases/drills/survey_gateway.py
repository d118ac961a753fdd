"""How a gateway stands before a drill, and what is left of its error budget: measured, never assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.drills.budget import Budget, budget_of
from stargate.domain.drills.deeds import Standing
from stargate.domain.drills.kinds import TRIALS, Needed
from stargate.domain.drills.policy import Policy
from stargate.domain.life.rest import services_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.domain.drills.kinds import Kind
    from stargate.domain.operating.facts import Zones
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import ZonalShifts
    from stargate.ports.drills import ErrorCounts, ServiceTasks
    from stargate.ports.gateway import Databases
    from stargate.ports.world import Clock


@dataclass(frozen=True)
class SurveyGateway:
    databases: Databases
    tasks: ServiceTasks
    shifts: ZonalShifts
    errors: ErrorCounts
    clock: Clock

    def standing(self, overview: Overview, kind: Kind, zone: str = "") -> Standing:
        environment = overview.environment
        services = services_of(environment.graph)
        return Standing(
            self.databases.describe(environment.region, environment.database),
            self.tasks.standing(environment.region, environment.cluster, services),
            self._zones(overview, services) if Needed.ZONES in TRIALS[kind].needs else None,
            zone,
        )

    def _zones(self, overview: Overview, services: Sequence[str]) -> Zones | None:
        environment, balancer = overview.environment, overview.outputs.get("BalancerArn", "")
        return self.shifts.describe(environment.region, environment.cluster, balancer, services)

    def budget(self, overview: Overview) -> Budget:
        environment = overview.environment
        hours = self.errors.hours(environment, overview.outputs, self.clock.now())
        return budget_of(hours, policy_of(overview).availability)


def policy_of(overview: Overview) -> Policy:
    return overview.environment.drills or Policy()
